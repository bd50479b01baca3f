/**
 * The subcommands, one class each, and what they share: global options, output, exit codes.
 *
 * <p>May depend on: core, client.api, server, raft.jraft (a stopped log), and the other packages of cli but its root.
 */
@NullMarked
package io.quorate.cli.command;

import org.jspecify.annotations.NullMarked;
