package io.quorate.core.command;

import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.RuleSet;
import java.util.List;
import java.util.OptionalLong;

/** A change to one group's state, as replicated in its log. */
public sealed interface Command {
    /** Most counters that one acquire may charge. */
    int CHARGES_MAX = 128;
    /** The largest cost of one request, in tokens. */
    long COST_MAX = 1_000_000_000L;
    /** The last sequence of a session. */
    long SEQUENCE_MAX = 1L << 62;

    /** Calls the case of {@code visitor} that fits this command's kind. */
    <T> T accept(Visitor<T> visitor);

    /** One case per kind of command. */
    interface Visitor<T> {
        T openSession(OpenSession command);

        T closeSession(CloseSession command);

        T acquire(Acquire command);

        T refund(Refund command);

        T reset(Reset command);

        T sweep(Sweep command);

        T fenceRules(FenceRules command);

        T putRules(PutRules command);

        T settleRules(SettleRules command);

        T renewLease(RenewLease command);
    }

    /**
     * Opens a client session; the outcome carries its id. A repeat opens another, unused one, which expires.
     *
     * @param clientName for people: at most 64 bytes, may be empty
     */
    record OpenSession(String clientName) implements Command {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.openSession(this);
        }
    }

    /** Ends a session and forgets its outcomes. */
    record CloseSession(long sessionId) implements Command {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.closeSession(this);
        }
    }

    /**
     * Takes {@code cost} tokens from every counter, or from none.
     *
     * @param sequence the request's number in its session, from 1 to {@link #SEQUENCE_MAX}; a repeat has the same
     * @param ackedBelow every sequence below this has been answered and won't be repeated
     * @param requestHash 64-bit hash of what the client asked for (namespace, entries, cost), by which a repeat is
     *     known for one; the charges can't serve, since a repeat may have been matched by newer rules
     */
    record Acquire(long sessionId, long sequence, long ackedBelow, long requestHash, long cost, List<Charge> charges)
            implements Command {
        public Acquire {
            charges = List.copyOf(charges);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.acquire(this);
        }
    }

    /**
     * Gives back up to {@code count} tokens of the granted acquire {@code acquireSequence} of the same
     * session, on every counter that it was charged to.
     */
    record Refund(long sessionId, long sequence, long ackedBelow, long acquireSequence, long count) implements Command {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.refund(this);
        }
    }

    /**
     * Makes a counter fresh. Idempotent, so it needs no session.
     *
     * <p>What was taken before is forgiven, and not remembered: a refund of it that comes later gives back of what
     * was taken since.
     */
    record Reset(QuotaKey key) implements Command {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.reset(this);
        }
    }

    /** Removes counters that became fresh and sessions that expired, from the cursor on, at most {@code countMax}. */
    record Sweep(int countMax) implements Command {
        /** Most rows that one sweep may look at. */
        public static final int COUNT_MAX = 10_000;

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.sweep(this);
        }
    }

    /** From here on the group refuses acquires that were matched by rules older than {@code version}. */
    record FenceRules(long version) implements Command {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.fenceRules(this);
        }
    }

    /**
     * Meta only: replaces a namespace's rules, atomically. The same rules again change nothing.
     *
     * @param ifVersion refuse unless the namespace's version is this (0: it never had rules; one that
     *     was deleted keeps a version)
     */
    record PutRules(RuleSet rules, OptionalLong ifVersion) implements Command {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.putRules(this);
        }
    }

    /**
     * Meta only: rules whose time began or ended by now apply or don't from here on, as a change of the rules like any
     * other. Changes nothing if there are none.
     */
    record SettleRules() implements Command {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.settleRules(this);
        }
    }

    /**
     * Renews the lease that a session holds of one counter, or opens it: reports what was spent, gives back what
     * isn't wanted, asks for more, and extends the whole lease. It is cumulative, so that one that is lost, repeated
     * or late changes nothing twice; the counter's ledger keeps the answer to the last one.
     *
     * @param limitId the limit to lease under; 0: only report and return, under whatever limit the counter has,
     *     without extending the lease ({@code need} and {@code want} are then of no effect)
     * @param leaseId chosen by the client, 1 or more, and higher than that of any lease that the session opened in
     *     this group before; opening one ends the session's earlier lease of this counter, whose unreported tokens
     *     count as spent
     * @param sequence the number of this renewal among those of the lease, from 1; a repeat has the same
     * @param spent tokens spent since the lease was opened, {@code consumed} ones of earlier answers included
     * @param returned tokens given back since the lease was opened
     * @param need tokens for requests that wait already: spent at log time if granted
     * @param want tokens to hold; with {@code need} at most {@link #COST_MAX}
     * @param ttlMillis how long the lease is to last from log time on, at most the machine's bound; milliseconds
     */
    record RenewLease(
            long sessionId,
            QuotaKey key,
            int limitId,
            long leaseId,
            long sequence,
            long spent,
            long returned,
            long need,
            long want,
            long ttlMillis)
            implements Command {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.renewLease(this);
        }
    }
}
