package io.quorate.cli.command;

import io.quorate.cli.replay.LiveReplay.Timing;
import io.quorate.cli.replay.ReplayTally.DeniedKey;
import io.quorate.cli.replay.ReplayTally.RuleSummary;
import io.quorate.cli.replay.ReplayTally.Summary;
import io.quorate.cli.replay.ReplayTally.Undecided;
import io.quorate.cli.text.Counted;
import io.quorate.cli.text.Table;
import io.quorate.cli.trace.MalformedLines.Malformed;
import io.quorate.cli.trace.TraceReader;
import io.quorate.core.rule.RuleSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a replay found, as text and as JSON. */
record ReplayReport(
        Path trace, Path rulesFile, RuleSet rules, TraceReader reader, Summary summary, Optional<Timing> timing) {
    /** Most lines named one by one in the text. */
    private static final int LINES_SHOWN_MAX = 10;

    void print(CommandContext context) {
        long malformed = reader.malformed().count();
        context.line("trace  " + trace + " (" + reader.formatName() + "): " + Counted.of(summary.requests(), "request")
                + ", " + Counted.of(malformed, "malformed line"));
        context.line("rules  " + rulesFile + ": namespace " + rules.namespace() + ", "
                + Counted.of(rules.rules().size(), "rule"));
        context.line("result " + summary.granted() + " granted, " + summary.denied() + " denied, "
                + summary.refused() + " refused, " + summary.unknown() + " unknown; no rule matched "
                + summary.unmatched());
        context.line("");
        context.table(table());
        for (RuleSummary rule : summary.rules()) {
            if (!rule.mostDenied().isEmpty()) {
                context.line("");
                context.line("most denied by " + rule.rule().id() + ":");
                Table top = Table.of("  key", "denied").right(1);
                rule.mostDenied().forEach(key -> top.row("  " + key(key), key.denied()));
                context.table(top);
            }
        }
        timing.ifPresent(live -> printTiming(context, live));
        printLines(context, malformed);
    }

    private Table table() {
        Table table = Table.of("rule", "mode", "requests", "admitted", "denied", "blocked", "keys", "limit")
                .right(2, 3, 4, 5, 6);
        for (RuleSummary rule : summary.rules()) {
            table.row(
                    rule.rule().id(),
                    rule.rule().mode().label(),
                    rule.requests(),
                    rule.admitted(),
                    rule.denied(),
                    rule.blocked(),
                    rule.keys(),
                    rule.rule().limitIfAny().map(Keys::limit).orElse("unlimited"));
        }
        return table;
    }

    private void printTiming(CommandContext context, Timing live) {
        context.line("");
        context.line(String.format(
                Locale.ROOT,
                "cluster: %d requests in %.1f s, %.0f/s; latency from each request's intended time:",
                live.answered(),
                seconds(live),
                perSecond(live)));
        Table table = Table.of("p50", "p90", "p99", "p99.9", "max").right(0, 1, 2, 3, 4);
        table.row(micros(live, 50), micros(live, 90), micros(live, 99), micros(live, 99.9), micros(live, 100));
        context.table(table);
    }

    private void printLines(CommandContext context, long malformed) {
        List<String> lines = new ArrayList<>();
        reader.malformed().kept().stream().limit(LINES_SHOWN_MAX).forEach(line -> lines.add(text(line)));
        if (malformed > LINES_SHOWN_MAX) {
            lines.add((malformed - LINES_SHOWN_MAX) + " more malformed lines; --json names up to 1000");
        }
        summary.refusedKept().stream()
                .limit(LINES_SHOWN_MAX)
                .forEach(line -> lines.add("line " + line.line() + " refused: " + line.reason()));
        summary.unknownKept().stream()
                .limit(LINES_SHOWN_MAX)
                .forEach(line -> lines.add("line " + line.line() + " unknown: " + line.reason()));
        if (!lines.isEmpty()) {
            context.line("");
            lines.forEach(context::line);
        }
    }

    Map<String, Object> json() {
        Map<String, Object> json = CommandContext.object(
                "trace", trace.toString(),
                "format", reader.formatName(),
                "namespace", rules.namespace(),
                "requests", summary.requests(),
                "granted", summary.granted(),
                "denied", summary.denied(),
                "refused", summary.refused(),
                "unknown", summary.unknown(),
                "unmatched", summary.unmatched(),
                "malformed", reader.malformed().count(),
                "malformed_lines",
                        reader.malformed().kept().stream()
                                .map(line -> CommandContext.object("line", line.line(), "reason", line.reason()))
                                .toList(),
                "refused_lines", undecided(summary.refusedKept()),
                "unknown_lines", undecided(summary.unknownKept()),
                "rules", summary.rules().stream().map(ReplayReport::json).toList());
        timing.ifPresent(live -> json.put("live", timingJson(live)));
        return json;
    }

    private static List<Map<String, Object>> undecided(List<Undecided> lines) {
        return lines.stream()
                .map(line -> CommandContext.object("line", line.line(), "reason", line.reason()))
                .toList();
    }

    private static Map<String, Object> json(RuleSummary rule) {
        return CommandContext.object(
                "id",
                rule.rule().id(),
                "mode",
                rule.rule().mode().label(),
                "limit",
                rule.rule().limitIfAny().<Object>map(RulesGetCommand::limit).orElse("unlimited"),
                "requests",
                rule.requests(),
                "admitted",
                rule.admitted(),
                "denied",
                rule.denied(),
                "blocked",
                rule.blocked(),
                "keys",
                rule.keys(),
                "most_denied",
                rule.mostDenied().stream()
                        .map(key -> CommandContext.object("values", key.values(), "denied", key.denied()))
                        .toList());
    }

    private static Map<String, Object> timingJson(Timing live) {
        return CommandContext.object(
                "seconds", seconds(live),
                "per_second", perSecond(live),
                "latency_us",
                        CommandContext.object(
                                "p50", live.latencyMicros().getValueAtPercentile(50),
                                "p90", live.latencyMicros().getValueAtPercentile(90),
                                "p99", live.latencyMicros().getValueAtPercentile(99),
                                "p99.9", live.latencyMicros().getValueAtPercentile(99.9),
                                "max", live.latencyMicros().getMaxValue()));
    }

    private static String text(Malformed line) {
        return "line " + line.line() + " malformed: " + line.reason();
    }

    private static String key(DeniedKey key) {
        return key.values().isEmpty() ? "(all)" : String.join(",", key.values());
    }

    private static double seconds(Timing live) {
        return live.took().toNanos() / 1e9;
    }

    private static double perSecond(Timing live) {
        return live.answered() / Math.max(1e-9, seconds(live));
    }

    private static String micros(Timing live, double percentile) {
        return Latency.text(live.latencyMicros().getValueAtPercentile(percentile));
    }
}
