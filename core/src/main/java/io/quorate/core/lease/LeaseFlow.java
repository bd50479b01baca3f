package io.quorate.core.lease;

import io.quorate.core.quota.LedgerDraft;

/**
 * Where leased tokens went: what entries did to the ledgers of counters. What is granted is out until it is spent,
 * returned or written off.
 *
 * @param granted taken from counters for clients, those included that were spent at once for requests that waited
 * @param spent reported as spent, or spent at once
 * @param returned given back unused
 * @param expired out, unreported, when the log time of their lease's end came: counted as spent
 * @param superseded out, unreported, when their session opened its next lease: counted as spent
 */
public record LeaseFlow(long granted, long spent, long returned, long expired, long superseded) {
    public static final LeaseFlow NONE = new LeaseFlow(0, 0, 0, 0, 0);

    /** How many more tokens are out than before. */
    public long outstandingAdded() {
        return granted - spent - returned - expired - superseded;
    }

    public LeaseFlow plus(LeaseFlow other) {
        return new LeaseFlow(
                granted + other.granted,
                spent + other.spent,
                returned + other.returned,
                expired + other.expired,
                superseded + other.superseded);
    }

    /** This, and what a draft did to one counter's ledger. */
    public LeaseFlow plus(LedgerDraft ledger) {
        return plus(new LeaseFlow(
                ledger.granted(), ledger.spent(), ledger.returned(), ledger.expired(), ledger.superseded()));
    }
}
