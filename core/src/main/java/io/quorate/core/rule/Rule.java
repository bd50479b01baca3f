package io.quorate.core.rule;

import io.quorate.core.algorithm.Meter;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.Names;
import io.quorate.core.quota.QuotaKey;
import java.util.List;

/**
 * Matches requests and gives them a limit. A rule without conditions matches every request of its
 * namespace. A request matches if all conditions hold; entries that the rule doesn't name don't matter.
 *
 * @param leaseTerms what clients may lease of the rule's counters
 * @param failureTerms what clients do while they can't reach the cluster
 */
public record Rule(
        String id, List<EntryMatch> match, Limit limit, Mode mode, LeaseTerms leaseTerms, FailureTerms failureTerms) {
    public Rule {
        Names.checkName("rule id", id);
        match = List.copyOf(match);
        if (match.size() > QuotaKey.VALUES_MAX) {
            throw new IllegalArgumentException(
                    "a rule has at most " + QuotaKey.VALUES_MAX + " conditions, not " + match.size());
        }
        for (int i = 0; i < match.size(); i++) {
            for (int j = i + 1; j < match.size(); j++) {
                if (match.get(i).name().equals(match.get(j).name())) {
                    throw new IllegalArgumentException(
                            "entry '" + match.get(i).name() + "' is matched twice in rule '" + id + "'");
                }
            }
        }
        if (leaseTerms.tokensMax() > limit.capacity()) {
            throw new IllegalArgumentException("lease max must be 1 to the limit's capacity of " + limit.capacity()
                    + ", not " + leaseTerms.tokensMax());
        }
        var unused = Meter.of(limit); // throws if exact integers can't hold the limit
    }

    /** A rule with leases as they are by default, that denies while the cluster can't be reached. */
    public Rule(String id, List<EntryMatch> match, Limit limit, Mode mode) {
        this(id, match, limit, mode, LeaseTerms.DEFAULT, FailureTerms.DENY);
    }
}
