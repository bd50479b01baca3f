/**
 * What every store keeps whole in memory: the header, sessions, limits and rules.
 *
 * <p>May depend on: core, storage.codec.
 */
@NullMarked
package io.quorate.storage.resident;

import org.jspecify.annotations.NullMarked;
