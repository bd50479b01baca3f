package io.quorate.core.command;

import java.util.List;

/** What came of one command. A committed command always has one; none can fail. */
public sealed interface Outcome {

    /** Calls the case of {@code visitor} that fits this outcome's kind. */
    <T> T accept(Visitor<T> visitor);

    /** One case per kind of outcome. */
    interface Visitor<T> {
        T acquired(Acquired outcome);

        T refunded(Refunded outcome);

        T sessionOpened(SessionOpened outcome);

        T done(Done outcome);

        T rulesPut(RulesPut outcome);

        T leaseRenewed(LeaseRenewed outcome);

        T refused(Refused outcome);
    }

    /**
     * An acquire was decided.
     *
     * @param allowed whether every enforcing counter was charged
     * @param results one per charge, in the command's order
     */
    record Acquired(boolean allowed, List<ChargeResult> results) implements Outcome {
        public Acquired {
            results = List.copyOf(results);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.acquired(this);
        }
    }

    /**
     * What one counter said.
     *
     * @param allowed whether this limit alone would let the request pass
     * @param remaining whole tokens left after the decision
     * @param retryAfterMillis 0 if allowed, -1 if never, else see {@code Verdict}
     * @param resetAfterMillis time until the counter is fresh again
     */
    record ChargeResult(boolean allowed, long remaining, long retryAfterMillis, long resetAfterMillis) {}

    /** A refund was applied; {@code refunded} is the largest number of tokens made available on a counter. */
    record Refunded(long refunded) implements Outcome {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.refunded(this);
        }
    }

    /**
     * A session was opened.
     *
     * @param ttlMillis log time after its last command at which it expires
     */
    record SessionOpened(long sessionId, long ttlMillis) implements Outcome {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.sessionOpened(this);
        }
    }

    /** A command without an answer of its own was applied; {@code changed} counts what it changed. */
    record Done(long changed) implements Outcome {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.done(this);
        }
    }

    /** Rules were put; {@code version} is the namespace's version now, {@code changed} whether it is new. */
    record RulesPut(long version, boolean changed) implements Outcome {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.rulesPut(this);
        }
    }

    /**
     * A lease was renewed. A repeat of the lease's last renewal gets the same first three values.
     *
     * @param granted tokens taken from the counter for this renewal, {@code consumed} ones included
     * @param consumed of {@code granted}: spent already, for requests that waited
     * @param validMillis how long the lease lives from the log time of this renewal on; the client counts from when
     *     it first sent the renewal, less its drift margin; milliseconds
     * @param available whole tokens left at the counter after it
     * @param outstanding tokens that clients hold of the counter after it
     * @param held of {@code outstanding}: by this lease
     * @param retryAfterMillis 0 if all was granted; else the least time after which more may be available, if nobody
     *     takes or returns any before; milliseconds
     * @param resetAfterMillis time until the counter is as fresh, if nothing more is taken; milliseconds
     */
    record LeaseRenewed(
            long granted,
            long consumed,
            long validMillis,
            long available,
            long outstanding,
            long held,
            long retryAfterMillis,
            long resetAfterMillis)
            implements Outcome {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.leaseRenewed(this);
        }
    }

    /** The command changed nothing, for a reason that the client must act on. */
    record Refused(Reason reason) implements Outcome {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.refused(this);
        }
    }

    /** Why a command was refused. Wire ids are stable. */
    enum Reason {
        /** No such session, or it expired: nothing was executed now; an earlier try may have been. */
        UNKNOWN_SESSION(1),
        /** The sequence is older than the outcomes kept: nothing was executed now; an earlier try may have been. */
        UNKNOWN_EXPIRED(2),
        /** The sequence is too far ahead of the oldest unanswered one, or the session holds all the permits it may. */
        WINDOW_FULL(3),
        /** The sequence was used before with another payload. */
        PAYLOAD_MISMATCH(4),
        /** The group has newer rules than those that matched this request; match again. */
        STALE_RULES(5),
        /** The group has as many sessions as it may. */
        SESSIONS_FULL(6),
        /** The acquire to refund isn't kept any more, was denied, or never was. */
        NOTHING_TO_REFUND(7),
        /** The namespace's version isn't the one asked for. */
        VERSION_CONFLICT(8),
        /** The group holds as many counters as it may; only charges to existing counters are decided. */
        COUNTERS_FULL(9),
        /** The command breaks a bound that the sender should have checked. */
        INVALID(10),
        /** The lease expired or was superseded: what it held is spent; nothing was granted. Open another. */
        LEASE_UNKNOWN(11),
        /** A later renewal of this lease, or a lease of a higher id in this session, came first: nothing changed. */
        LEASE_STALE(12),
        /** Tokens of this limit can't be leased safely. */
        NOT_LEASABLE(13),
        /** The counter has as many leases as it may. */
        LEASES_FULL(14),
        /** The group keeps as many answers as it may; only repeats, and what takes no more room, are decided. */
        ANSWERS_FULL(15);

        private final int id;

        Reason(int id) {
            this.id = id;
        }

        public int id() {
            return id;
        }

        public static Reason ofId(int id) {
            for (Reason reason : values()) {
                if (reason.id == id) {
                    return reason;
                }
            }
            throw new IllegalArgumentException("no reason has the number " + id);
        }
    }
}
