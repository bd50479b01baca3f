package io.quorate.core.rule;

import io.quorate.core.algorithm.Meter;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.Names;
import io.quorate.core.quota.QuotaKey;
import java.util.List;
import java.util.Optional;

/**
 * Matches requests and gives them a limit. A rule without conditions matches every request of its
 * namespace. A request matches if all conditions hold; entries that the rule doesn't name don't matter.
 *
 * @param match up to {@value #CONDITIONS_MAX} conditions, several of which may be of one entry; at most one of
 *     these counts by it
 * @param leaseTerms what clients may lease of the rule's counters
 * @param failureTerms what clients do while they can't reach the cluster
 * @param precedence how it stands to the others that match
 * @param activation when it applies
 */
public record Rule(
        String id,
        List<EntryMatch> match,
        Effect effect,
        Mode mode,
        LeaseTerms leaseTerms,
        FailureTerms failureTerms,
        Precedence precedence,
        Activation activation) {
    public static final int CONDITIONS_MAX = 31;

    public Rule {
        Names.checkName("rule id", id);
        match = List.copyOf(match);
        if (match.size() > CONDITIONS_MAX) {
            throw new IllegalArgumentException(
                    "a rule has at most " + CONDITIONS_MAX + " conditions, not " + match.size());
        }
        checkConditions(id, match);
        if (effect instanceof Effect.Limited limited) {
            if (leaseTerms.tokensMax() > limited.limit().capacity()) {
                throw new IllegalArgumentException("lease max must be 1 to the limit's capacity of "
                        + limited.limit().capacity() + ", not " + leaseTerms.tokensMax());
            }
            var unused = Meter.of(limited.limit()); // throws if exact integers can't hold the limit
        } else if (!leaseTerms.equals(LeaseTerms.DEFAULT) || !failureTerms.denies()) {
            throw new IllegalArgumentException(
                    "rule '" + id + "' is unlimited, so it has no terms of leases or failures");
        }
        if (precedence.replaces().contains(id)) {
            throw new IllegalArgumentException("rule '" + id + "' replaces itself");
        }
    }

    /** A rule with a limit that applies beside all others, always. */
    public Rule(
            String id,
            List<EntryMatch> match,
            Limit limit,
            Mode mode,
            LeaseTerms leaseTerms,
            FailureTerms failureTerms) {
        this(id, match, new Effect.Limited(limit), mode, leaseTerms, failureTerms, Precedence.NONE, Activation.ALWAYS);
    }

    /** A rule with leases as they are by default, that denies while the cluster can't be reached. */
    public Rule(String id, List<EntryMatch> match, Limit limit, Mode mode) {
        this(id, match, limit, mode, LeaseTerms.DEFAULT, FailureTerms.DENY);
    }

    private static void checkConditions(String id, List<EntryMatch> match) {
        int counted = 0;
        for (int i = 0; i < match.size(); i++) {
            EntryMatch one = match.get(i);
            counted += one.counted() ? 1 : 0;
            for (EntryMatch other : match.subList(i + 1, match.size())) {
                if (one.name().equals(other.name())) {
                    checkBoth(id, one, other);
                }
            }
        }
        if (counted > QuotaKey.VALUES_MAX) {
            throw new IllegalArgumentException(
                    "a rule counts by at most " + QuotaKey.VALUES_MAX + " entries, not " + counted);
        }
    }

    private static void checkBoth(String id, EntryMatch one, EntryMatch other) {
        if (one.pattern().equals(other.pattern()) || (one.counted() && other.counted())) {
            throw new IllegalArgumentException("entry '" + one.name() + "' is matched twice in rule '" + id + "'");
        }
        if (one.pattern() instanceof Pattern.Absent || other.pattern() instanceof Pattern.Absent) {
            throw new IllegalArgumentException(
                    "entry '" + one.name() + "' must both be absent and have a value in rule '" + id + "'");
        }
    }

    /** The limit, of a rule that has one; see {@link #isLimited}. */
    public Limit limit() {
        return limitIfAny()
                .orElseThrow(() -> new IllegalStateException("rule '" + id + "' is unlimited and has no limit"));
    }

    public Optional<Limit> limitIfAny() {
        return effect instanceof Effect.Limited limited ? Optional.of(limited.limit()) : Optional.empty();
    }

    public boolean isLimited() {
        return effect instanceof Effect.Limited;
    }

    /** Whether it applies, as far as its mode and its times say. */
    public boolean isLive(long asOfMillis) {
        return mode != Mode.DISABLED && activation.isAt(asOfMillis);
    }

    /** The entries by whose values the rule counts, in its order. */
    public List<String> countedNames() {
        return match.stream().filter(EntryMatch::counted).map(EntryMatch::name).toList();
    }
}
