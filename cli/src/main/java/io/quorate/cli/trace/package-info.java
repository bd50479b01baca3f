/**
 * Traces: recorded requests read line by line from logs and CSV files.
 *
 * <p>May depend on: core.quota, core.rule, cli.text.
 */
@NullMarked
package io.quorate.cli.trace;

import org.jspecify.annotations.NullMarked;
