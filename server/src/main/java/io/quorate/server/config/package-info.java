/**
 * The node's configuration: one file plus flags, checked once.
 *
 * <p>May depend on: core, raft.jraft settings, raft.placement.
 */
@NullMarked
package io.quorate.server.config;

import org.jspecify.annotations.NullMarked;
