/**
 * Entry bytes to machine to store, the batcher before the log, and the group's clock; knows no Raft library.
 *
 * <p>May depend on: core, storage, raft.group, raft.log.
 */
@NullMarked
package io.quorate.raft.apply;

import org.jspecify.annotations.NullMarked;
