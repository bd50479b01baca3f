/**
 * The store in memory, for tests and replays.
 *
 * <p>May depend on: core, storage.api, storage.codec.
 */
@NullMarked
package io.quorate.storage.memory;

import org.jspecify.annotations.NullMarked;
