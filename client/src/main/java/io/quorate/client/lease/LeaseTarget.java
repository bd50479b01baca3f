package io.quorate.client.lease;

import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;

/**
 * The counter that a lease is of.
 *
 * @param key names the counter
 * @param group the data group that has it; a rule that doesn't count by the entry by which its namespace is
 *     colocated has a counter in each group
 * @param colocated the value of the entry by which the namespace is colocated; empty if it has none
 * @param limit the counter's limit, from which the times of its estimates follow
 * @param limitId the number of that limit; another number is another limit
 */
public record LeaseTarget(QuotaKey key, int group, String colocated, Limit limit, int limitId) {}
