/**
 * Other rate limiters' configuration, turned into rules. What can't keep its meaning is named, line by line.
 *
 * <p>May depend on: {@code core}, {@code cli.rulefile}, {@code cli.text}.
 */
@NullMarked
package io.quorate.cli.imports;

import org.jspecify.annotations.NullMarked;
