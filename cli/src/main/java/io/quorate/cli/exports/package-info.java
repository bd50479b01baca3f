/**
 * Rules, written as other rate limiters' configuration. What can't keep its meaning is named, rule by rule.
 *
 * <p>May depend on: {@code core}, {@code cli.imports}, {@code cli.rulefile}.
 */
@NullMarked
package io.quorate.cli.exports;

import org.jspecify.annotations.NullMarked;
