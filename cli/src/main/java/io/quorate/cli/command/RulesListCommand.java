package io.quorate.cli.command;

import io.quorate.cli.text.Table;
import io.quorate.client.api.QuorateAdmin.NamespaceRules;
import io.quorate.client.api.QuorateClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists the namespaces that have rules. */
@Command(name = "list", description = "List the namespaces that have rules.")
final class RulesListCommand implements Callable<Integer> {
    private final CommandContext context;

    RulesListCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        try (QuorateClient client = context.connect()) {
            List<NamespaceRules> all = client.admin().allRules();
            if (context.json()) {
                List<Object> list = new ArrayList<>();
                for (NamespaceRules one : all) {
                    list.add(CommandContext.object(
                            "namespace", one.rules().namespace(),
                            "version", one.version(),
                            "rules", one.rules().rules().size()));
                }
                context.json(list);
            } else {
                Table table =
                        Table.of("namespace", "version", "rules", "colocate").right(1, 2);
                for (NamespaceRules one : all) {
                    table.row(
                            one.rules().namespace(),
                            one.version(),
                            one.rules().rules().size(),
                            one.rules().colocate().orElse("-"));
                }
                context.table(table);
            }
        }
        return ExitCode.OK;
    }
}
