package io.quorate.client.lease;

/** How much to hold of counters, and when to ask for more: makes the sizing of one. */
@FunctionalInterface
public interface SizingPolicy {
    /** The sizing of one counter that nobody has asked for yet. */
    Sizing open(LeaseTarget target, RenewLatency latency, long nowNanos);
}
