package io.quorate.cli.command;

import picocli.CommandLine.Command;

/** Groups the commands about counters. */
@Command(name = "key", description = "List, inspect and reset counters.")
final class KeyCommand {}
