package io.quorate.cli.command;

import io.quorate.cli.replay.RulesPlan;
import io.quorate.cli.replay.RulesPlan.Change;
import io.quorate.cli.replay.RulesPlan.Refusal;
import io.quorate.cli.replay.RulesPlan.RuleChange;
import io.quorate.cli.replay.RulesPlan.Summary;
import io.quorate.cli.text.Counted;
import io.quorate.cli.text.Progress;
import io.quorate.cli.text.Table;
import io.quorate.cli.trace.TraceException;
import io.quorate.cli.trace.TraceReader;
import io.quorate.cli.trace.TraceRequest;
import io.quorate.client.api.QuorateClient;
import io.quorate.core.rule.RuleSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what newer rules would have changed for a recorded trace. */
@Command(
        name = "plan",
        description = {
            "Show what new rules would change: a recorded trace (as of 'replay') is decided by the rules of now and by"
                    + " the new ones, each in the trace's own time, and the answers are compared.",
            "Nothing is applied; the cluster is only asked for the rules of now, unless --now has them."
        })
final class PlanCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NEW", description = "The new rules (YAML).")
    private Path newFile = Path.of("");

    @Option(names = "--against", required = true, paramLabel = "TRACE", description = "The recorded trace.")
    private Path trace = Path.of("");

    @Option(
            names = "--now",
            paramLabel = "FILE",
            description = "The rules of now (YAML). Default: those of the namespace in the cluster.")
    private @Nullable Path nowFile;

    @Option(names = "--top", paramLabel = "N", description = "Show so many of each rule's worst hit keys. Default: 5.")
    private int top = 5;

    @Option(names = "--cost", paramLabel = "N", description = "Every request costs N, whatever the trace says.")
    private @Nullable Long cost;

    private final CommandContext context;

    PlanCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if (top < 0) {
            throw CommandFailure.usage("--top must be 0 or more, not " + top);
        }
        Long perRequest = cost;
        if (perRequest != null && (perRequest < 0 || perRequest > 1_000_000_000L)) {
            throw CommandFailure.usage("--cost must be 0 to 1000000000, not " + perRequest);
        }
        RuleSet newer = RuleFiles.read(newFile);
        RuleSet now = now(newer.namespace());
        RulesPlan plan = new RulesPlan(now, newer);
        try (TraceReader reader = TraceReader.open(trace);
                Progress progress = new Progress(
                        context.err(), context.interactive(), "plan", Files.size(trace), System::nanoTime)) {
            for (TraceRequest request = reader.next(); request != null; request = reader.next()) {
                plan.offer(request.costing(Optional.ofNullable(cost)));
                progress.at(reader.bytesRead());
            }
            plan.finish();
            progress.close();
            show(now, newer, reader.malformed().count(), plan.summary(top));
        } catch (TraceException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
        return ExitCode.OK;
    }

    private RuleSet now(String namespace) {
        Path file = nowFile;
        if (file != null) {
            return RuleFiles.read(file);
        }
        try (QuorateClient client = context.connect()) {
            // A namespace without rules lets everything pass.
            return client.admin()
                    .rules(namespace)
                    .map(rules -> rules.rules())
                    .orElseGet(() -> new RuleSet(namespace, Optional.empty(), List.of()));
        }
    }

    private void show(RuleSet now, RuleSet newer, long malformed, Summary summary) {
        if (context.json()) {
            context.json(json(now, newer, malformed, summary));
            return;
        }
        context.line("trace  " + trace + ": " + Counted.of(summary.requests(), "request") + ", "
                + Counted.of(malformed, "malformed line"));
        context.line("rules  namespace " + newer.namespace() + ": "
                + Counted.of(now.rules().size(), "rule") + " now, "
                + newer.rules().size() + " in " + newFile);
        context.line("change " + summary.count(Change.NEWLY_DENIED) + " newly denied, "
                + summary.count(Change.NEWLY_GRANTED) + " newly granted; still granted "
                + summary.count(Change.STILL_GRANTED) + ", still denied " + summary.count(Change.STILL_DENIED)
                + ", refused " + summary.count(Change.REFUSED));
        for (Refusal refusal : summary.refusals()) {
            context.line("line " + refusal.line() + " refused by the rules "
                    + (refusal.byNewer() ? "in " + newFile : "of now") + ": " + refusal.reason());
        }
        if (!summary.rules().isEmpty()) {
            context.line("");
            Table table = Table.of("rule", "change", "requests", "keys", "worst hit keys")
                    .right(2, 3);
            summary.rules()
                    .forEach(rule ->
                            table.row(rule.rule(), words(rule.change()), rule.requests(), rule.keys(), worst(rule)));
            context.table(table);
        }
    }

    private static String words(Change change) {
        return change.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String worst(RuleChange rule) {
        List<String> keys = new ArrayList<>();
        rule.worst()
                .forEach(key -> keys.add(
                        (key.values().isEmpty() ? "(all)" : String.join(",", key.values())) + " " + key.requests()));
        return String.join("; ", keys);
    }

    private Map<String, Object> json(RuleSet now, RuleSet newer, long malformed, Summary summary) {
        Map<String, Object> counts = new LinkedHashMap<>();
        for (Change change : Change.values()) {
            counts.put(change.name().toLowerCase(Locale.ROOT), summary.count(change));
        }
        return CommandContext.object(
                "trace",
                trace.toString(),
                "namespace",
                newer.namespace(),
                "rules_now",
                now.rules().size(),
                "rules_new",
                newer.rules().size(),
                "requests",
                summary.requests(),
                "malformed",
                malformed,
                "changes",
                counts,
                "refusals",
                summary.refusals().stream()
                        .map(refusal -> CommandContext.object(
                                "line", refusal.line(), "by_new", refusal.byNewer(), "reason", refusal.reason()))
                        .toList(),
                "rules",
                summary.rules().stream()
                        .map(rule -> CommandContext.object(
                                "rule",
                                rule.rule(),
                                "change",
                                rule.change().name().toLowerCase(Locale.ROOT),
                                "requests",
                                rule.requests(),
                                "keys",
                                rule.keys(),
                                "worst",
                                rule.worst().stream()
                                        .map(key -> CommandContext.object(
                                                "values", key.values(), "requests", key.requests()))
                                        .toList()))
                        .toList());
    }
}
