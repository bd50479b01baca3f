package io.quorate.cli.command;

import io.quorate.cli.text.Counted;
import io.quorate.client.api.QuorateAdmin.AppliedVersion;
import io.quorate.client.api.QuorateClient;
import io.quorate.core.rule.RuleSet;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Replaces a namespace's rules by those of a file. */
@Command(name = "apply", description = "Replace a namespace's rules by those of a file.")
final class RulesApplyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A rule file (YAML).")
    private Path file = Path.of("");

    @Mixin
    private IfVersion ifVersion = new IfVersion();

    private final CommandContext context;

    RulesApplyCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        RuleSet rules = RuleFiles.read(file);
        try (QuorateClient client = context.connect()) {
            AppliedVersion applied = client.admin().applyRules(rules, ifVersion.value());
            if (context.json()) {
                context.json(CommandContext.object(
                        "namespace", rules.namespace(),
                        "rules", rules.rules().size(),
                        "version", applied.version(),
                        "changed", applied.changed()));
            } else if (applied.changed()) {
                context.line("namespace " + rules.namespace() + ": "
                        + Counted.are(rules.rules().size(), "rule") + " in force as version " + applied.version());
            } else {
                context.line("namespace " + rules.namespace() + ": nothing to change, the rules were in force already"
                        + " as version " + applied.version());
            }
        }
        return ExitCode.OK;
    }
}
