package io.quorate.cli.command;

import io.quorate.cli.text.Table;
import io.quorate.client.api.QuorateAdmin.KeyDetails;
import io.quorate.client.api.QuorateAdmin.KeyPage;
import io.quorate.client.api.QuorateClient;
import io.quorate.core.quota.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists live counters. */
@Command(name = "list", description = "List the live counters of a namespace; those at rest aren't stored.")
final class KeyListCommand implements Callable<Integer> {
    private static final int PAGE_MAX = 500;

    @Parameters(paramLabel = "NAMESPACE", description = "Whose counters to list.")
    private String namespace = "";

    @Option(names = "--rule", paramLabel = "ID", description = "Only this rule's counters.")
    private @Nullable String rule;

    @Option(names = "--limit", paramLabel = "N", description = "Most counters to list. Default: 1000.")
    private int limit = 1000;

    @Option(names = "--cursor", paramLabel = "TEXT", description = "Go on where a listing ended.")
    private String cursor = "";

    private final CommandContext context;

    KeyListCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Names.checkName("namespace", namespace);
        if (limit < 1) {
            throw CommandFailure.usage("--limit must be 1 or more, not " + limit);
        }
        try (QuorateClient client = context.connect()) {
            List<KeyDetails> keys = new ArrayList<>();
            String next = cursor;
            do {
                KeyPage page = client.admin()
                        .keys(namespace, Optional.ofNullable(rule), next, Math.min(PAGE_MAX, limit - keys.size()));
                keys.addAll(page.keys());
                next = page.nextCursor();
            } while (!next.isEmpty() && keys.size() < limit);
            if (context.json()) {
                context.json(CommandContext.object(
                        "keys", keys.stream().map(Keys::json).toList(), "next_cursor", next));
                return ExitCode.OK;
            }
            Table table = Keys.list();
            keys.forEach(key -> Keys.add(table, key));
            context.table(table);
            if (!next.isEmpty()) {
                context.line("more with --cursor " + next);
            }
        }
        return ExitCode.OK;
    }
}
