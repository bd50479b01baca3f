/**
 * The {@code quorate} command. Read {@link io.quorate.cli.Quorate} first.
 *
 * <p>May depend on: everything below it, client, server. Sub-packages never import this one.
 */
@NullMarked
package io.quorate.cli;

import org.jspecify.annotations.NullMarked;
