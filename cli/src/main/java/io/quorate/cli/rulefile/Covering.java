package io.quorate.cli.rulefile;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.Activation;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/** Whether one rule's requests are among another's, as far as the conditions tell; when in doubt they aren't. */
final class Covering {
    private Covering() {}

    /** Whether every request that {@code inner} matches is matched by {@code outer}, always. */
    static boolean covers(Rule outer, Rule inner) {
        return outer.mode() != Mode.DISABLED
                && outer.activation().equals(Activation.ALWAYS)
                && outer.match().stream().allMatch(condition -> holds(condition, inner.match()));
    }

    /** Whether a condition holds wherever all of the others do. */
    private static boolean holds(EntryMatch condition, List<EntryMatch> others) {
        return others.stream()
                .anyMatch(other ->
                        other.name().equals(condition.name()) && implies(other.pattern(), condition.pattern()));
    }

    /** Whether every value that fits {@code narrow} fits {@code wide}. */
    static boolean implies(Pattern narrow, Pattern wide) {
        if (narrow instanceof Pattern.Absent || wide instanceof Pattern.Absent) {
            return narrow.equals(wide);
        }
        if (wide instanceof Pattern.Any || narrow.equals(wide)) {
            return true;
        }
        if (narrow instanceof Pattern.AnyOf list) {
            return list.patterns().stream().allMatch(one -> implies(one, wide));
        }
        if (wide instanceof Pattern.AnyOf list) {
            return list.patterns().stream().anyMatch(one -> implies(narrow, one));
        }
        if (narrow instanceof Pattern.Exact exact) {
            return wide.matches(exact.value());
        }
        if (wide instanceof Pattern.Not not) {
            return disjoint(narrow, not.pattern());
        }
        if (narrow instanceof Pattern.Prefix inner && wide instanceof Pattern.Prefix outer) {
            return inner.prefix().startsWith(outer.prefix());
        }
        if (narrow instanceof Pattern.Cidr inner && wide instanceof Pattern.Cidr outer) {
            return contains(outer, inner);
        }
        return narrow instanceof Pattern.Range inner
                && wide instanceof Pattern.Range outer
                && outer.least() <= inner.least()
                && inner.most() <= outer.most();
    }

    /** Whether no value fits both patterns, as far as they tell. */
    static boolean disjoint(Pattern one, Pattern other) {
        if (one instanceof Pattern.AnyOf list) {
            return list.patterns().stream().allMatch(each -> disjoint(each, other));
        }
        if (other instanceof Pattern.AnyOf) {
            return disjoint(other, one);
        }
        if (one instanceof Pattern.Exact exact) {
            return !other.matches(exact.value());
        }
        if (other instanceof Pattern.Exact) {
            return disjoint(other, one);
        }
        if (one instanceof Pattern.Not not) {
            return implies(other, not.pattern());
        }
        if (other instanceof Pattern.Not) {
            return disjoint(other, one);
        }
        if (one instanceof Pattern.Prefix a && other instanceof Pattern.Prefix b) {
            return !a.prefix().startsWith(b.prefix()) && !b.prefix().startsWith(a.prefix());
        }
        if (one instanceof Pattern.Cidr a && other instanceof Pattern.Cidr b) {
            return !contains(a, b) && !contains(b, a);
        }
        return one instanceof Pattern.Range a
                && other instanceof Pattern.Range b
                && (a.most() < b.least() || b.most() < a.least());
    }

    private static boolean contains(Pattern.Cidr outer, Pattern.Cidr inner) {
        return outer.network().bits() == inner.network().bits()
                && inner.bits() >= outer.bits()
                && inner.network().masked(outer.bits()).equals(outer.network());
    }

    /** The first pair of a rule's conditions that no value meets together. */
    static Optional<String> contradiction(Rule rule) {
        List<EntryMatch> match = rule.match();
        for (int i = 0; i < match.size(); i++) {
            for (EntryMatch other : match.subList(i + 1, match.size())) {
                EntryMatch one = match.get(i);
                if (one.name().equals(other.name()) && disjoint(one.pattern(), other.pattern())) {
                    return Optional.of("'" + one.name() + "' can't be both "
                            + one.pattern().text() + " and " + other.pattern().text());
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Whether whatever {@code inner} counts, {@code outer} counts too, in counters that are no more and against a
     * limit that is no looser: then it denies before the inner one does.
     */
    static boolean bindsFirst(Rule outer, Rule inner) {
        boolean coarser = outer.match().stream()
                .filter(EntryMatch::counted)
                .allMatch(counted -> inner.match().stream()
                        .anyMatch(other -> other.name().equals(counted.name())
                                && (other.counted() || other.pattern() instanceof Pattern.Exact)));
        return outer.mode() == Mode.ENFORCE
                && coarser
                && outer.isLimited()
                && inner.isLimited()
                && covers(outer, inner)
                && noLooser(outer.limit(), inner.limit());
    }

    private static boolean noLooser(Limit outer, Limit inner) {
        if (isBucket(outer) && isBucket(inner)) {
            boolean slower = BigInteger.valueOf(outer.amount())
                            .multiply(BigInteger.valueOf(inner.periodMillis()))
                            .compareTo(BigInteger.valueOf(inner.amount())
                                    .multiply(BigInteger.valueOf(outer.periodMillis())))
                    <= 0;
            return slower && outer.burst() <= inner.burst();
        }
        return outer.algorithm() == inner.algorithm()
                && outer.periodMillis() == inner.periodMillis()
                && outer.amount() <= inner.amount();
    }

    private static boolean isBucket(Limit limit) {
        return limit.algorithm() == Algorithm.GCRA || limit.algorithm() == Algorithm.TOKEN_BUCKET;
    }
}
