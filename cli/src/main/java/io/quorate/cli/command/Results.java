package io.quorate.cli.command;

import io.quorate.cli.text.DurationText;
import io.quorate.cli.text.Table;
import io.quorate.client.api.Result.RuleResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How the rules' answers to one request are shown. */
final class Results {
    private Results() {}

    static Table table(List<RuleResult> rules) {
        Table table = Table.of("rule", "mode", "says", "remaining", "retry after", "reset after")
                .right(3, 4, 5);
        for (RuleResult rule : rules) {
            table.row(
                    rule.rule(),
                    rule.shadow() ? "shadow" : "enforce",
                    rule.allowed() ? "yes" : "no",
                    rule.remaining(),
                    rule.allowed() ? "-" : wait(rule.retryAfter()),
                    DurationText.format(rule.resetAfter().toMillis()));
        }
        return table;
    }

    static List<Map<String, Object>> json(List<RuleResult> rules) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (RuleResult rule : rules) {
            list.add(CommandContext.object(
                    "rule", rule.rule(),
                    "allowed", rule.allowed(),
                    "shadow", rule.shadow(),
                    "remaining", rule.remaining(),
                    "retry_after_ms", rule.retryAfter().map(Duration::toMillis).orElse(-1L),
                    "reset_after_ms", rule.resetAfter().toMillis()));
        }
        return list;
    }

    /** For people: {@code 1s500ms}, or {@code never}. */
    static String wait(Optional<Duration> retryAfter) {
        return retryAfter.map(d -> DurationText.format(d.toMillis())).orElse("never");
    }
}
