/**
 * The checkers' own tests: each must find what it is for.
 *
 * <p>May depend on: chaos.check.
 */
@NullMarked
package io.quorate.chaos.check;

import org.jspecify.annotations.NullMarked;
