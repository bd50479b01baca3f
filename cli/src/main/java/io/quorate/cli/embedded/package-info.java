/**
 * Whole clusters in one process, on loopback.
 *
 * <p>May depend on: server, raft.group, raft.jraft settings, raft.placement.
 */
@NullMarked
package io.quorate.cli.embedded;

import org.jspecify.annotations.NullMarked;
