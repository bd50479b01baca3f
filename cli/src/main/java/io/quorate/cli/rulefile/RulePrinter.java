package io.quorate.cli.rulefile;

import io.quorate.cli.text.DurationText;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.Activation;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Precedence;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import io.quorate.core.rule.Window;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes rules as a rule file. */
final class RulePrinter {
    private static final List<String> NULLS = List.of("null", "Null", "NULL");

    private RulePrinter() {}

    static String print(RuleSet rules) {
        StringBuilder out = new StringBuilder();
        out.append("namespace: ").append(name(rules.namespace())).append('\n');
        rules.colocate()
                .ifPresent(entry -> out.append("colocate: ").append(name(entry)).append('\n'));
        out.append(rules.rules().isEmpty() ? "rules: []\n" : "rules:\n");
        for (Rule rule : rules.rules()) {
            rule(out, rule);
        }
        return out.toString();
    }

    private static void rule(StringBuilder out, Rule rule) {
        out.append("  - id: ").append(name(rule.id())).append('\n');
        if (!rule.match().isEmpty()) {
            out.append("    match: {").append(match(rule.match())).append("}\n");
        }
        out.append("    limit: ")
                .append(rule.limitIfAny().map(RulePrinter::limit).orElse("unlimited"))
                .append('\n');
        if (rule.mode() != Mode.ENFORCE) {
            out.append("    mode: ").append(rule.mode().label()).append('\n');
        }
        precedence(out, rule.precedence());
        activation(out, rule.activation());
        lease(out, rule.leaseTerms());
        if (!rule.failureTerms().denies()) {
            out.append("    on-unavailable: {allow: ")
                    .append(rule.failureTerms().amount());
            out.append(", period: ")
                    .append(DurationText.format(rule.failureTerms().periodMillis()))
                    .append("}\n");
        }
    }

    private static String limit(Limit limit) {
        return "{algorithm: " + limit.algorithm().label() + ", amount: " + limit.amount() + ", period: "
                + DurationText.format(limit.periodMillis())
                + (limit.burst() == limit.amount() ? "" : ", burst: " + limit.burst()) + "}";
    }

    private static void precedence(StringBuilder out, Precedence precedence) {
        if (precedence.priority() != 0) {
            out.append("    priority: ").append(precedence.priority()).append('\n');
        }
        precedence
                .group()
                .ifPresent(
                        group -> out.append("    group: ").append(name(group)).append('\n'));
        if (precedence.stops()) {
            out.append("    stop: true\n");
        }
        if (!precedence.replaces().isEmpty()) {
            out.append("    replaces: ").append(names(precedence.replaces())).append('\n');
        }
    }

    private static void activation(StringBuilder out, Activation activation) {
        activation.rollout().ifPresent(rollout -> {
            BigDecimal percent = BigDecimal.valueOf(rollout.basisPoints(), 2).stripTrailingZeros();
            out.append("    rollout: {percent: ").append(percent.toPlainString());
            out.append(", by: ").append(names(rollout.by()));
            out.append(", salt: ").append(name(rollout.salt())).append("}\n");
        });
        List<String> windows =
                activation.windows().stream().map(RulePrinter::window).toList();
        if (windows.size() == 1) {
            out.append("    active: ").append(windows.get(0)).append('\n');
        } else if (!windows.isEmpty()) {
            out.append("    active: ").append(windows).append('\n');
        }
    }

    private static String window(Window window) {
        List<String> edges = new ArrayList<>();
        if (window.fromMillis() > Window.OPEN_FROM) {
            edges.add("from: " + Instant.ofEpochMilli(window.fromMillis()));
        }
        if (window.untilMillis() < Window.OPEN_UNTIL) {
            edges.add("until: " + Instant.ofEpochMilli(window.untilMillis()));
        }
        // A window without edges says nothing, so it is written with the first moment that there is.
        return edges.isEmpty() ? "{from: 1970-01-01T00:00:00.001Z}" : "{" + String.join(", ", edges) + "}";
    }

    private static String names(List<String> names) {
        return names.stream().map(RulePrinter::name).toList().toString();
    }

    private static void lease(StringBuilder out, LeaseTerms lease) {
        if (lease.equals(LeaseTerms.DEFAULT)) {
            return;
        }
        if (!lease.allowed()) {
            out.append("    lease: off\n");
            return;
        }
        List<String> fields = new ArrayList<>();
        if (lease.tokensMax() > 0) {
            fields.add("max: " + lease.tokensMax());
        }
        if (lease.ttlMillis() > 0) {
            fields.add("ttl: " + DurationText.format(lease.ttlMillis()));
        }
        out.append("    lease: {").append(String.join(", ", fields)).append("}\n");
    }

    private static String match(List<EntryMatch> match) {
        Map<String, List<EntryMatch>> byName = new LinkedHashMap<>();
        for (EntryMatch condition : match) {
            byName.computeIfAbsent(condition.name(), n -> new ArrayList<>()).add(condition);
        }
        return byName.entrySet().stream()
                .map(entry -> name(entry.getKey()) + ": " + PatternPrinter.value(entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** A name needs no quotes unless YAML would take it for something else. */
    private static String name(String name) {
        char first = name.charAt(0);
        boolean letter = first >= 'a' && first <= 'z' || first >= 'A' && first <= 'Z';
        return letter && !NULLS.contains(name) ? name : quoted(name);
    }

    /** Double quotes: names and values hold no control characters, so only these two need a backslash. */
    static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(c -> {
            boolean printable = c >= 0x20 && c < 0x7f
                    || c >= 0xa0 && c <= 0xd7ff && c != 0x2028 && c != 0x2029
                    || c >= 0xe000 && c <= 0xfffd && c != 0xfeff
                    || c >= 0x10000 && c <= 0x10ffff;
            if (c == '"' || c == '\\') {
                out.append('\\').appendCodePoint(c);
            } else if (printable) {
                out.appendCodePoint(c);
            } else {
                out.append(String.format("\\U%08x", c));
            }
        });
        return out.append('"').toString();
    }
}
