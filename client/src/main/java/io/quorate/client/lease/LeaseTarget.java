package io.quorate.client.lease;

import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;

/**
 * The counter that a lease is of.
 *
 * @param key names the counter
 * @param group the data group that has it; a rule that doesn't count by the entry by which its namespace is
 *     colocated has a counter in each group
 * @param colocated the value of the entry by which the namespace is colocated; empty if it has none
 * @param limit the counter's limit, from which the times of its estimates follow
 * @param limitId the number of that limit; another number is another limit
 * @param leaseTerms how much may be held
 * @param failureTerms what to do while the cluster can't be reached
 */
public record LeaseTarget(
        QuotaKey key,
        int group,
        String colocated,
        Limit limit,
        int limitId,
        LeaseTerms leaseTerms,
        FailureTerms failureTerms) {

    /** The most tokens to hold. */
    long tokensMax() {
        return leaseTerms.tokensMax() > 0 ? leaseTerms.tokensMax() : Math.max(1, limit.capacity() / 2);
    }
}
