package io.quorate.cli.command;

import picocli.CommandLine.Command;

/** Groups the commands about rules. */
@Command(name = "rules", description = "Check, apply, show and delete rules.")
final class RulesCommand {}
