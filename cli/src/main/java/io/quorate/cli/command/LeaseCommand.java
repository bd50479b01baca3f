package io.quorate.cli.command;

import picocli.CommandLine.Command;

/** Groups the commands about leases. */
@Command(name = "lease", description = "List and recall what clients hold of counters.")
final class LeaseCommand {}
