/**
 * The demonstration: traffic, faults, and a check of every grant.
 *
 * <p>May depend on: core, client.api, cli.embedded, cli.rulefile, cli.text.
 */
@NullMarked
package io.quorate.cli.demo;

import org.jspecify.annotations.NullMarked;
