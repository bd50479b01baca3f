/**
 * A snapshot's directory: its manifest, and the checks that the files are those that were written.
 *
 * <p>May depend on: core, storage.api, storage.codec.
 */
@NullMarked
package io.quorate.storage.snapshot;

import org.jspecify.annotations.NullMarked;
