/**
 * The bytes of a log entry: versioned, checksummed, with a dictionary of keys.
 *
 * <p>May depend on: core, storage.codec.
 */
@NullMarked
package io.quorate.raft.log;

import org.jspecify.annotations.NullMarked;
