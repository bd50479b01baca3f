package io.quorate.core.rule;

import io.quorate.core.rule.CompiledRules.Matched;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** The rules that match one request, while they are found. */
final class Matching implements Bucket.Found {
    private static final int TYPICAL = 8;

    private final Request request;
    private CompiledRule[] rules = new CompiledRule[TYPICAL];
    private int count;
    private boolean plain = true;

    Matching(Request request) {
        this.request = request;
    }

    @Override
    public void rule(CompiledRule rule, int proved) {
        if (!rule.matches(request, proved)) {
            return;
        }
        // In order, since few match: a rule that was found twice stands beside itself.
        int at = count;
        while (at > 0 && rules[at - 1].order() > rule.order()) {
            at--;
        }
        if (at > 0 && rules[at - 1] == rule) {
            return;
        }
        if (count == rules.length) {
            rules = Arrays.copyOf(rules, 2 * count);
        }
        System.arraycopy(rules, at, rules, at + 1, count - at);
        rules[at] = rule;
        count++;
        plain &= rule.isPlain();
    }

    /** The rules that apply and have a limit, in the order of the namespace. */
    List<Matched> matched() {
        if (!plain) {
            choose();
        }
        if (count == 0) {
            return List.of();
        }
        if (count == 1) {
            return List.of(rules[0].matched(request.entries()));
        }
        Matched[] matched = new Matched[count];
        for (int i = 0; i < count; i++) {
            matched[i] = rules[i].matched(request.entries());
        }
        return List.of(matched);
    }

    /** Leaves the rules that apply by their precedence and have a limit. */
    private void choose() {
        List<CompiledRule> kept = replaced(stopped(grouped()));
        kept.sort(Comparator.comparingLong(CompiledRule::order));
        count = 0;
        for (CompiledRule rule : kept) {
            if (rule.rule().isLimited()) {
                rules[count++] = rule;
            }
        }
    }

    /** Of each group the one that goes before the others. */
    private List<CompiledRule> grouped() {
        TreeMap<String, CompiledRule> firsts = new TreeMap<>();
        List<CompiledRule> kept = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            CompiledRule rule = rules[i];
            if (rule.rule().precedence().group().isEmpty()) {
                kept.add(rule);
            } else {
                firsts.merge(
                        rule.rule().precedence().group().get(),
                        rule,
                        (known, other) -> goesBefore(other, known) ? other : known);
            }
        }
        kept.addAll(firsts.values());
        return kept;
    }

    /** Whether one rule of a group is kept rather than the other. */
    static boolean goesBefore(CompiledRule one, CompiledRule other) {
        int priority = Integer.compare(
                one.rule().precedence().priority(), other.rule().precedence().priority());
        if (priority != 0) {
            return priority > 0;
        }
        int specificity = Long.compare(
                Specificity.of(one.rule().match()), Specificity.of(other.rule().match()));
        return specificity != 0 ? specificity > 0 : one.order() < other.order();
    }

    /** Those up to the first that stops. */
    private static List<CompiledRule> stopped(List<CompiledRule> rules) {
        rules.sort(Comparator.comparingInt(
                        (CompiledRule rule) -> -rule.rule().precedence().priority())
                .thenComparingLong(CompiledRule::order));
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).rule().precedence().stops()) {
                return new ArrayList<>(rules.subList(0, i + 1));
            }
        }
        return rules;
    }

    /** Those that no other of them replaces. */
    private static List<CompiledRule> replaced(List<CompiledRule> rules) {
        List<CompiledRule> kept = new ArrayList<>(rules.size());
        for (CompiledRule rule : rules) {
            String id = rule.rule().id();
            boolean gone = false;
            for (CompiledRule other : rules) {
                gone |= other != rule && other.rule().precedence().replaces().contains(id);
            }
            if (!gone) {
                kept.add(rule);
            }
        }
        return kept;
    }
}
