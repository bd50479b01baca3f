package io.quorate.cli.command;

import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.PeekResult;
import io.quorate.client.api.QuorateAdmin.KeyDetails;
import io.quorate.client.api.QuorateAdmin.NamespaceRules;
import io.quorate.client.api.QuorateClient;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.Explanation;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what the rules make of a request, and why; takes nothing. */
@Command(
        name = "explain",
        description = "Show which rules apply to a request and why the others don't, the counters with their holders,"
                + " and what the request would get. Takes nothing.",
        footer = {"", "Exit code: 0 it would be granted, 3 denied, 4 unavailable."})
final class ExplainCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "Whose rules to look at.")
    private String namespace = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "NAME=VALUE", description = "What the request is.")
    private List<String> entries = new ArrayList<>();

    @Option(names = "--cost", paramLabel = "N", description = "Tokens that it would take. Default: 1.")
    private long cost = 1;

    @Option(
            names = "--others",
            paramLabel = "N",
            description = "Show at most so many rules that don't apply. Default: 20. JSON has all.")
    private int others = 20;

    private final CommandContext context;

    ExplainCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (others < 0) {
            throw CommandFailure.usage("--others must be 0 or more, not " + others);
        }
        AcquireRequest request = new AcquireRequest(namespace, Entries.parse(entries), cost);
        try (QuorateClient client = context.connect()) {
            NamespaceRules rules = client.admin()
                    .rules(namespace)
                    .orElseThrow(() -> CommandFailure.usage("namespace '" + namespace
                            + "' has no rules; 'quorate rules list' shows those that have some"));
            Explanation explanation = explain(rules, request.descriptor());
            List<KeyDetails> counters = new ArrayList<>();
            for (Explanation.Line line : explanation.applying()) {
                QuotaKey key = line.key().orElseThrow();
                counters.add(client.admin().key(namespace, key.ruleId(), key.values()));
            }
            PeekResult verdict = peek(client, request);
            ExplainReport report = new ExplainReport(rules, request, explanation, counters, verdict);
            if (context.json()) {
                context.json(report.json());
            } else {
                report.show(context, others);
            }
            return exitCode(verdict);
        }
    }

    /** By the rules as the cluster has them; the numbers of their limits don't matter here. */
    private static Explanation explain(NamespaceRules rules, Descriptor descriptor) {
        List<NumberedRule> numbered = new ArrayList<>();
        for (Rule rule : rules.rules().rules()) {
            numbered.add(new NumberedRule(rule, rule.isLimited() ? numbered.size() + 1 : NumberedRule.NO_LIMIT));
        }
        AppliedRules applied = new AppliedRules(
                rules.rules().namespace(), rules.version(), rules.rules().colocate(), rules.asOfMillis(), numbered);
        return Explanation.of(applied, descriptor);
    }

    private static PeekResult peek(QuorateClient client, AcquireRequest request) {
        try {
            return client.peek(request).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static int exitCode(PeekResult verdict) {
        if (verdict instanceof PeekResult.Known known) {
            return known.allowed() ? ExitCode.OK : ExitCode.DENIED;
        }
        return ExitCode.UNAVAILABLE;
    }
}
