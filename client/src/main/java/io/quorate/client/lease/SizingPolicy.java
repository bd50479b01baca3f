package io.quorate.client.lease;

import io.quorate.core.quota.Limit;

/** How much to hold of counters, and when to ask for more: makes the sizing of one. */
@FunctionalInterface
public interface SizingPolicy {
    /** The sizing of one counter that nobody has asked for yet. */
    Sizing open(Limit limit, RenewLatency latency, long nowNanos);
}
