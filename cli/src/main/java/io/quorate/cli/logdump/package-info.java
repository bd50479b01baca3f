/**
 * A stopped node's log as JSON lines.
 *
 * <p>May depend on: core, raft.jraft, storage.memory.
 */
@NullMarked
package io.quorate.cli.logdump;

import org.jspecify.annotations.NullMarked;
