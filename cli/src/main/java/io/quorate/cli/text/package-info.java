/**
 * Text for people, in and out: durations, spelling advice, tables, escaping.
 *
 * <p>May depend on: nothing.
 */
@NullMarked
package io.quorate.cli.text;

import org.jspecify.annotations.NullMarked;
