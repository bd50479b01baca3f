package io.quorate.client.lease;

/** Why a renewal brought no tokens. */
public enum LeaseRefusal {
    /** The lease is unknown to the leader, or its session is: what was held of it counts as spent. */
    UNKNOWN_LEASE,
    /** A newer renewal or lease came first; nothing changed. What was held can't be trusted any more. */
    STALE,
    /** The counter can't be leased. */
    NOT_LEASABLE,
    /** The leader keeps as many leases as it may; nothing changed. */
    FULL,
    /** The client's rules are older than the node's; nothing changed. */
    STALE_RULES,
    /** The cluster wasn't reached, or nobody leads: nothing changed by this try. */
    UNREACHABLE,
    /** No answer says what became of it. */
    UNKNOWN_OUTCOME
}
