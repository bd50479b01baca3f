package io.quorate.cli.command;

import io.quorate.cli.text.DurationText;
import io.quorate.cli.text.Table;
import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.PeekResult;
import io.quorate.client.api.QuorateAdmin.KeyDetails;
import io.quorate.client.api.QuorateAdmin.NamespaceRules;
import io.quorate.client.api.Result.RuleResult;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Explanation;
import io.quorate.core.rule.Explanation.Line;
import io.quorate.core.rule.Explanation.Reason;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How an explanation is shown. */
record ExplainReport(
        NamespaceRules rules,
        AcquireRequest request,
        Explanation explanation,
        List<KeyDetails> counters,
        PeekResult verdict) {

    /** Writes tables, with at most so many of the rules that don't apply: first those that nearly did. */
    void show(CommandContext context, int othersMax) {
        String asOf = rules.asOfMillis() == 0 ? "" : ", as of " + Instant.ofEpochMilli(rules.asOfMillis());
        context.line("namespace " + request.namespace() + ", rules version " + rules.version() + asOf);
        Table table = Table.of("rule", "applies", "why");
        explanation.lines().stream()
                .filter(line -> applies(line.reason()))
                .forEach(line -> table.row(line.rule().id(), "yes", why(line)));
        List<Line> others = explanation.lines().stream()
                .filter(line -> !applies(line.reason()))
                .sorted(Comparator.comparing(line -> line.reason() == Reason.CONDITION))
                .toList();
        others.stream().limit(othersMax).forEach(line -> table.row(line.rule().id(), "no", why(line)));
        context.table(table);
        if (others.size() > othersMax) {
            context.line("and " + (others.size() - othersMax) + " more that don't apply; --others N shows N of them");
        }
        if (!counters.isEmpty()) {
            Table list = Keys.list();
            counters.forEach(counter -> Keys.add(list, counter));
            context.table(list);
        }
        for (KeyDetails counter : counters) {
            if (!counter.leases().isEmpty()) {
                context.line(counter.outstanding() + " tokens of " + counter.rule() + " are leased:");
                context.table(Keys.leases(counter));
            }
        }
        context.line(inWords());
    }

    Map<String, Object> json() {
        List<Object> lines = new ArrayList<>();
        for (Line line : explanation.lines()) {
            lines.add(CommandContext.object(
                    "rule",
                    line.rule().id(),
                    "applies",
                    applies(line.reason()),
                    "reason",
                    line.reason().name().toLowerCase(Locale.ROOT),
                    "why",
                    why(line)));
        }
        Map<String, Object> json = CommandContext.object(
                "namespace",
                request.namespace(),
                "version",
                rules.version(),
                "as_of_ms",
                rules.asOfMillis(),
                "rules",
                lines,
                "counters",
                counters.stream().map(Keys::json).toList(),
                "cost",
                request.cost());
        if (verdict instanceof PeekResult.Known known) {
            json.put("verdict", known.allowed() ? "granted" : "denied");
            json.put("says", Results.json(known.rules()));
        } else {
            json.put("verdict", "unknown");
            json.put("reason", ((PeekResult.Unknown) verdict).reason());
        }
        return json;
    }

    private String inWords() {
        String what = "a request of cost " + request.cost();
        if (verdict instanceof PeekResult.Unknown unknown) {
            return what + ": not known: " + unknown.reason();
        }
        PeekResult.Known known = (PeekResult.Known) verdict;
        if (known.allowed()) {
            return what + " would be granted";
        }
        RuleResult denying = known.rules().stream()
                .filter(rule -> !rule.shadow() && !rule.allowed())
                .max(Comparator.comparing(rule -> rule.retryAfter().orElse(Duration.ofSeconds(Long.MAX_VALUE))))
                .orElseThrow(() -> new IllegalStateException("denied by no rule"));
        return what + " would be denied by " + denying.rule() + ": "
                + denying.retryAfter()
                        .map(d -> "try again in " + DurationText.format(d.toMillis()))
                        .orElse("it can never be granted, since the cost is more than the limit's capacity");
    }

    private static boolean applies(Reason reason) {
        return reason == Reason.APPLIES || reason == Reason.UNLIMITED;
    }

    private String why(Line line) {
        String by = line.by().orElse("");
        return switch (line.reason()) {
            case APPLIES ->
                line.rule().mode().label() + ", " + Keys.limit(line.rule().limit());
            case UNLIMITED -> "unlimited: it counts nothing and denies nothing";
            case DISABLED -> "its mode is disabled";
            case NOT_NOW -> notNow(line.rule());
            case CONDITION -> unmet(line.unmet().orElseThrow());
            case NOT_ROLLED_OUT -> "the request isn't in the part for which it is rolled out";
            case OUTRANKED -> by + " of the same group goes before it";
            case STOPPED -> by + " goes before it and stops";
            case REPLACED -> by + " replaces it";
        };
    }

    private String notNow(Rule rule) {
        long next = rule.activation().nextChangeMillis(rules.asOfMillis());
        return next == Long.MAX_VALUE
                ? "its last time window has ended"
                : "its next time window begins at " + Instant.ofEpochMilli(next);
    }

    private String unmet(EntryMatch condition) {
        if (condition.pattern() instanceof Pattern.Absent) {
            return "it wants no entry '" + condition.name() + "', and the request has one";
        }
        String wanted = "it wants '" + condition.name() + "' to be '"
                + condition.pattern().text() + "'";
        return request.descriptor()
                .value(condition.name())
                .map(value -> wanted + ", not '" + value + "'")
                .orElse(wanted + ", and the request has none");
    }
}
