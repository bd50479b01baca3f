package io.quorate.cli.command;

import io.quorate.cli.exports.Exported;
import io.quorate.cli.exports.Exported.Loss;
import io.quorate.cli.exports.Target;
import io.quorate.cli.imports.Remark;
import io.quorate.client.api.QuorateClient;
import io.quorate.core.quota.Names;
import io.quorate.core.rule.RuleSet;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes rules as another rate limiter's configuration. */
@Command(
        name = "export",
        description = {
            "Write rules as another rate limiter's configuration: those of a rule file, or of a namespace in the"
                    + " cluster.",
            "What can't keep its meaning is named on standard error, rule by rule."
        })
final class RulesExportCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The rules (YAML).")
    private @Nullable Path file;

    @Option(names = "--namespace", paramLabel = "NAME", description = "Instead of a file: the cluster's rules of this.")
    private @Nullable String namespace;

    @Option(names = "--to", required = true, paramLabel = "TARGET", description = "For whom: envoy or limitador.")
    private String to = "";

    @Option(names = "--strict", description = "Fail (exit code 2) if a rule is left out or changed.")
    private boolean strict;

    private final CommandContext context;

    RulesExportCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Target target = Target.ofLabel(to)
                .orElseThrow(() -> CommandFailure.usage("no rate limiter is known as '" + to + "'; write one of "
                        + String.join(", ", Target.labels())));
        Exported exported = Exported.of(rules(), target);
        boolean whole = exported.losses().stream().allMatch(loss -> loss.kind() == Remark.Kind.DROPPED);
        if (context.json()) {
            context.json(CommandContext.object(
                    "target",
                    target.label(),
                    "whole",
                    whole,
                    "file",
                    exported.text(),
                    "losses",
                    exported.losses().stream()
                            .map(loss -> CommandContext.object(
                                    "rule", loss.rule(), "kind", loss.kind().label(), "why", loss.why()))
                            .toList()));
        } else {
            for (Loss loss : exported.losses()) {
                context.note(loss.rule() + ": " + loss.kind().label() + ": " + loss.why());
            }
        }
        if (strict && !whole) {
            throw CommandFailure.usage(
                    "not every rule keeps its meaning, as named above; leave '--strict' out to" + " export the others");
        }
        if (!context.json()) {
            // The printer quotes and escapes whatever a terminal would obey.
            context.raw(exported.text());
        }
        return ExitCode.OK;
    }

    private RuleSet rules() {
        Path ruleFile = file;
        String name = namespace;
        if (ruleFile != null && name == null) {
            return RuleFiles.read(ruleFile);
        }
        if (ruleFile != null || name == null) {
            throw CommandFailure.usage("give either a rule file or --namespace NAME");
        }
        Names.checkName("namespace", name);
        try (QuorateClient client = context.connect()) {
            return client.admin()
                    .rules(name)
                    .map(rules -> rules.rules())
                    .orElseThrow(() -> CommandFailure.usage(
                            "namespace '" + name + "' has no rules; 'quorate rules list' shows those that have some"));
        }
    }
}
