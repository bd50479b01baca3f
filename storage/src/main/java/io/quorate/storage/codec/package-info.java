/**
 * The versioned, checksummed bytes of everything that is stored or logged.
 *
 * <p>May depend on: core, storage.api.
 */
@NullMarked
package io.quorate.storage.codec;

import org.jspecify.annotations.NullMarked;
