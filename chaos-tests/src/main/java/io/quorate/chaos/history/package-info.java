/**
 * What is recorded of a run: every operation as its caller saw it, every fault, and what nodes said of their groups.
 *
 * <p>May depend on: nothing of Quorate.
 */
@NullMarked
package io.quorate.chaos.history;

import org.jspecify.annotations.NullMarked;
