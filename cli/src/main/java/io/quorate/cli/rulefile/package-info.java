/**
 * Rule files: read with every problem named, and written back.
 *
 * <p>May depend on: core.quota, core.rule, cli.text, snakeyaml-engine (its only importer).
 */
@NullMarked
package io.quorate.cli.rulefile;

import org.jspecify.annotations.NullMarked;
