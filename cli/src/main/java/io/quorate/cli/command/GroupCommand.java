package io.quorate.cli.command;

import picocli.CommandLine.Command;

/** Groups the commands about Raft groups. */
@Command(name = "group", description = "List and describe Raft groups, and move their leaders.")
final class GroupCommand {}
