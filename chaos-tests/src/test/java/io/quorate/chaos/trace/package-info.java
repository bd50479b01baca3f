/**
 * Replayed traces against naive models, decision by decision.
 *
 * <p>May depend on: cli.replay, cli.trace, cli.rulefile, and core's naive models.
 */
@NullMarked
package io.quorate.chaos.trace;

import org.jspecify.annotations.NullMarked;
