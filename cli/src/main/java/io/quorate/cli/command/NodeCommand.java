package io.quorate.cli.command;

import picocli.CommandLine.Command;

/** Groups the commands about nodes. */
@Command(name = "node", description = "List the nodes of the cluster.")
final class NodeCommand {}
