/**
 * Which node serves what: members, groups, slots and their epoch.
 *
 * <p>May depend on: core, raft.group.
 */
@NullMarked
package io.quorate.raft.placement;

import org.jspecify.annotations.NullMarked;
