/**
 * The replicated state machine: applies one entry after the other to a state.
 *
 * <p>May depend on: quota, algorithm, rule, command, lease.
 */
@NullMarked
package io.quorate.core.machine;

import org.jspecify.annotations.NullMarked;
