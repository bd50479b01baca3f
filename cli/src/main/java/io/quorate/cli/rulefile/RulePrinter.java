package io.quorate.cli.rulefile;

import io.quorate.cli.text.DurationText;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
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
            out.append("    match: {")
                    .append(rule.match().stream().map(RulePrinter::match).collect(Collectors.joining(", ")))
                    .append("}\n");
        }
        Limit limit = rule.limit();
        out.append("    limit: {algorithm: ").append(limit.algorithm().label());
        out.append(", amount: ").append(limit.amount());
        out.append(", period: ").append(DurationText.format(limit.periodMillis()));
        if (limit.burst() != limit.amount()) {
            out.append(", burst: ").append(limit.burst());
        }
        out.append("}\n");
        if (rule.mode() != Mode.ENFORCE) {
            out.append("    mode: ").append(rule.mode().label()).append('\n');
        }
        lease(out, rule.leaseTerms());
        if (!rule.failureTerms().denies()) {
            out.append("    on-unavailable: {allow: ")
                    .append(rule.failureTerms().amount());
            out.append(", period: ")
                    .append(DurationText.format(rule.failureTerms().periodMillis()))
                    .append("}\n");
        }
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

    private static String match(EntryMatch match) {
        return name(match.name()) + ": " + quoted(match.pattern().text());
    }

    /** A name needs no quotes unless YAML would take it for something else. */
    private static String name(String name) {
        char first = name.charAt(0);
        boolean letter = first >= 'a' && first <= 'z' || first >= 'A' && first <= 'Z';
        return letter && !NULLS.contains(name) ? name : quoted(name);
    }

    /** Double quotes: names and values hold no control characters, so only these two need a backslash. */
    private static String quoted(String text) {
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
