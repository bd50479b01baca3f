package io.quorate.cli.command;

import io.quorate.client.api.QuorateAdmin.AppliedVersion;
import io.quorate.client.api.QuorateClient;
import io.quorate.core.quota.Names;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Removes a namespace's rules. */
@Command(
        name = "delete",
        description = "Remove all rules of a namespace; its requests are refused until it has some again.")
final class RulesDeleteCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAMESPACE", description = "Whose rules to remove.")
    private String namespace = "";

    @Mixin
    private IfVersion ifVersion = new IfVersion();

    private final CommandContext context;

    RulesDeleteCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Names.checkName("namespace", namespace);
        try (QuorateClient client = context.connect()) {
            AppliedVersion applied = client.admin().deleteRules(namespace, ifVersion.value());
            if (context.json()) {
                context.json(CommandContext.object(
                        "namespace", namespace, "version", applied.version(), "changed", applied.changed()));
            } else {
                context.line("namespace " + namespace
                        + (applied.changed() ? ": rules deleted" : ": there were no rules to delete"));
            }
        }
        return ExitCode.OK;
    }
}
