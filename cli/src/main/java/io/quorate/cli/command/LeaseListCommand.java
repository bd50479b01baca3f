package io.quorate.cli.command;

import io.quorate.cli.text.Table;
import io.quorate.client.api.QuorateAdmin.KeyDetails;
import io.quorate.client.api.QuorateAdmin.KeyPage;
import io.quorate.client.api.QuorateAdmin.LeaseInfo;
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

/** Lists leases. */
@Command(name = "list", description = "List what clients hold of a namespace's counters.")
final class LeaseListCommand implements Callable<Integer> {
    private static final int PAGE_MAX = 1000;

    @Parameters(paramLabel = "NAMESPACE", description = "Whose counters.")
    private String namespace = "";

    @Option(names = "--rule", paramLabel = "ID", description = "Only this rule's counters.")
    private @Nullable String rule;

    @Option(names = "--limit", paramLabel = "N", description = "Most counters to list. Default: 1000.")
    private int limit = 1000;

    private final CommandContext context;

    LeaseListCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Names.checkName("namespace", namespace);
        if (limit < 1) {
            throw CommandFailure.usage("--limit must be 1 or more, not " + limit);
        }
        List<KeyDetails> keys = new ArrayList<>();
        String next = "";
        try (QuorateClient client = context.connect()) {
            do {
                KeyPage page = client.admin().leasedKeys(namespace, Optional.ofNullable(rule), next, PAGE_MAX);
                keys.addAll(page.keys());
                next = page.nextCursor();
            } while (!next.isEmpty() && keys.size() < limit);
        }
        List<KeyDetails> shown = keys.subList(0, Math.min(limit, keys.size()));
        boolean more = !next.isEmpty() || shown.size() < keys.size();
        if (context.json()) {
            context.json(
                    CommandContext.object("keys", shown.stream().map(Keys::json).toList(), "more", more));
            return ExitCode.OK;
        }
        Table table = Table.of("rule", "values", "client", "outstanding", "per second", "expires in", "left to lease")
                .right(3, 4, 5, 6);
        for (KeyDetails key : shown) {
            for (LeaseInfo lease : key.leases()) {
                Keys.addLease(table, key, lease);
            }
        }
        context.table(table);
        if (more) {
            context.line("there are more; --limit N shows them");
        }
        return ExitCode.OK;
    }
}
