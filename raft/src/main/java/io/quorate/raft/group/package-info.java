/**
 * What a replicated group is to its users: submit, read, describe.
 *
 * <p>May depend on: core.
 */
@NullMarked
package io.quorate.raft.group;

import org.jspecify.annotations.NullMarked;
