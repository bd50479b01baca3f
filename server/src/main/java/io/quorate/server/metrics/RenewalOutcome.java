package io.quorate.server.metrics;

import java.util.Locale;

/** What came of a renewal of a lease that was answered by itself; a repeat counts like its first. */
public enum RenewalOutcome {
    /** All that was asked for. */
    GRANTED,
    /** A part of it. */
    PARTLY,
    /** Tokens were asked for, and none given. */
    NOTHING,
    /** Nothing was asked for: it told what was spent, or gave back. */
    REPORT,
    /** Asked by rules that aren't in force any more: only its report was taken. */
    STALE_RULES,
    /** The rule, or its kind of limit, isn't leased: its requests go to the leader. */
    NOT_LEASABLE,
    /** The lease had ended. */
    ENDED,
    /** A later renewal came first. */
    LATE,
    /** The counter or the group has as many leases or counters as it may. */
    FULL,
    /** Anything else that is wrong with it. */
    REFUSED;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
