package io.quorate.core.rule;

import io.quorate.core.quota.QuotaKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Why each rule of a namespace applies to one request or doesn't, for people. It looks at every rule; who decides uses
 * {@link CompiledRules}, which come to the same.
 *
 * @param lines one for each rule, in the order of the namespace
 */
public record Explanation(List<Line> lines) {
    public Explanation {
        lines = List.copyOf(lines);
    }

    /** What comes of a rule; of the reasons why it doesn't apply the first one in this order. */
    public enum Reason {
        APPLIES,
        /** It applies, has no limit, and so counts nothing. */
        UNLIMITED,
        DISABLED,
        /** None of its time windows is open. */
        NOT_NOW,
        /** The request doesn't meet one of its conditions. */
        CONDITION,
        /** The request isn't in the part for which it is rolled out. */
        NOT_ROLLED_OUT,
        /** Another rule of its group goes before it. */
        OUTRANKED,
        /** A rule before it stops. */
        STOPPED,
        /** Another rule that matches replaces it. */
        REPLACED
    }

    /**
     * What comes of one rule.
     *
     * @param unmet the first condition that isn't met, of {@link Reason#CONDITION}
     * @param by the id of the rule because of which this one doesn't apply, if there is one
     * @param key the counter, of {@link Reason#APPLIES}
     */
    public record Line(
            Rule rule, Reason reason, Optional<EntryMatch> unmet, Optional<String> by, Optional<QuotaKey> key) {
        private static Line of(Rule rule, Reason reason) {
            return new Line(rule, reason, Optional.empty(), Optional.empty(), Optional.empty());
        }

        private static Line because(Rule rule, Reason reason, CompiledRule other) {
            return new Line(
                    rule, reason, Optional.empty(), Optional.of(other.rule().id()), Optional.empty());
        }
    }

    /** The rules that apply and count. */
    public List<Line> applying() {
        return lines.stream().filter(line -> line.reason() == Reason.APPLIES).toList();
    }

    /** Explains what the rules make of a request. */
    public static Explanation of(AppliedRules rules, Descriptor descriptor) {
        return new Search(rules, descriptor).explanation();
    }

    private static final class Search {
        private final AppliedRules rules;
        private final Request request;
        private final Line[] lines;

        Search(AppliedRules rules, Descriptor descriptor) {
            this.rules = rules;
            this.request = new Request(descriptor.entries());
            this.lines = new Line[rules.rules().size()];
        }

        Explanation explanation() {
            List<CompiledRule> matching = new ArrayList<>();
            for (int i = 0; i < lines.length; i++) {
                CompiledRule rule =
                        new CompiledRule(rules.namespace(), rules.rules().get(i), i);
                Optional<Line> no = mismatch(rule);
                no.ifPresent(line -> set(rule, line));
                if (no.isEmpty()) {
                    matching.add(rule);
                }
            }
            for (CompiledRule rule : notReplaced(reached(firsts(matching)))) {
                set(rule, applies(rule));
            }
            return new Explanation(List.of(lines));
        }

        private void set(CompiledRule rule, Line line) {
            lines[(int) rule.order()] = line;
        }

        private Optional<Line> mismatch(CompiledRule compiled) {
            Rule rule = compiled.rule();
            if (rule.mode() == Mode.DISABLED) {
                return Optional.of(Line.of(rule, Reason.DISABLED));
            }
            if (!rule.activation().isAt(rules.asOfMillis())) {
                return Optional.of(Line.of(rule, Reason.NOT_NOW));
            }
            for (EntryMatch condition : rule.match()) {
                if (!CompiledRule.holds(condition, request)) {
                    return Optional.of(new Line(
                            rule, Reason.CONDITION, Optional.of(condition), Optional.empty(), Optional.empty()));
                }
            }
            boolean rolledOut = rule.activation()
                    .rollout()
                    .map(r -> r.includes(request.entries()))
                    .orElse(true);
            return rolledOut ? Optional.empty() : Optional.of(Line.of(rule, Reason.NOT_ROLLED_OUT));
        }

        private Line applies(CompiledRule rule) {
            if (!rule.rule().isLimited()) {
                return Line.of(rule.rule(), Reason.UNLIMITED);
            }
            QuotaKey key = rule.matched(request.entries()).key();
            return new Line(rule.rule(), Reason.APPLIES, Optional.empty(), Optional.empty(), Optional.of(key));
        }

        /** Without those that another one of their group goes before. */
        private List<CompiledRule> firsts(List<CompiledRule> matching) {
            TreeMap<String, CompiledRule> firsts = new TreeMap<>();
            for (CompiledRule rule : matching) {
                rule.rule()
                        .precedence()
                        .group()
                        .ifPresent(group -> firsts.merge(
                                group, rule, (known, other) -> Matching.goesBefore(other, known) ? other : known));
            }
            List<CompiledRule> kept = new ArrayList<>();
            for (CompiledRule rule : matching) {
                CompiledRule first =
                        rule.rule().precedence().group().map(firsts::get).orElse(rule);
                if (first == rule) {
                    kept.add(rule);
                } else {
                    set(rule, Line.because(rule.rule(), Reason.OUTRANKED, first));
                }
            }
            return kept;
        }

        /** Without those behind one that stops. */
        private List<CompiledRule> reached(List<CompiledRule> firsts) {
            firsts.sort(Comparator.comparingInt(
                            (CompiledRule rule) -> -rule.rule().precedence().priority())
                    .thenComparingLong(CompiledRule::order));
            List<CompiledRule> kept = new ArrayList<>();
            for (CompiledRule rule : firsts) {
                CompiledRule last = kept.isEmpty() ? rule : kept.get(kept.size() - 1);
                if (last != rule && last.rule().precedence().stops()) {
                    set(rule, Line.because(rule.rule(), Reason.STOPPED, last));
                } else {
                    kept.add(rule);
                }
            }
            return kept;
        }

        private List<CompiledRule> notReplaced(List<CompiledRule> reached) {
            List<CompiledRule> kept = new ArrayList<>();
            for (CompiledRule rule : reached) {
                Optional<CompiledRule> other = reached.stream()
                        .filter(o -> o != rule
                                && o.rule()
                                        .precedence()
                                        .replaces()
                                        .contains(rule.rule().id()))
                        .findFirst();
                other.ifPresentOrElse(
                        o -> set(rule, Line.because(rule.rule(), Reason.REPLACED, o)), () -> kept.add(rule));
            }
            return kept;
        }
    }
}
