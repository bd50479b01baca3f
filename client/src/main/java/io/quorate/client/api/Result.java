package io.quorate.client.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What came of an acquire: granted, denied, or unknown. */
public sealed interface Result {
    /** Whether it was granted; what wasn't may be denied or unknown. */
    default boolean granted() {
        return this instanceof Granted;
    }

    /** Who decided. */
    enum Source {
        /** The leader of the counter's group, linearizably. */
        LEADER,
        /** This client, by tokens that the leader had leased to it, or by what the leader said when it had none. */
        LEASE,
        /** The rule's failure policy: the cluster couldn't be reached, and no lease covered the request. */
        FALLBACK
    }

    /**
     * Every matching rule had room, and was charged; durable on a majority before this was answered, or, by
     * {@code LEASE}, before its tokens came here. By {@code FALLBACK} nothing was charged.
     *
     * @param rules what each rule said; empty if it was granted here, or with a renewal
     */
    record Granted(Source source, List<RuleResult> rules, Position position, Receipt receipt) implements Result {
        /** Of tokens held here. Always this object: a leased acquire allocates nothing. */
        public static final Granted BY_LEASE = new Granted(Source.LEASE, List.of(), Position.NONE, Receipt.NONE);

        /** By the leader, together with a renewal for which the request waited; the leader has it as spent. */
        public static final Granted WITH_RENEWAL = new Granted(Source.LEADER, List.of(), Position.NONE, Receipt.NONE);

        /** By the failure policy. */
        public static final Granted BY_FALLBACK = new Granted(Source.FALLBACK, List.of(), Position.NONE, Receipt.NONE);

        public Granted {
            rules = List.copyOf(rules);
        }

        /** Granted by the leader. */
        public Granted(List<RuleResult> rules, Position position, Receipt receipt) {
            this(Source.LEADER, rules, position, receipt);
        }

        /** The least that any enforcing rule has left; empty if no rule matched. */
        public Optional<Long> remaining() {
            return rules.stream()
                    .filter(r -> !r.shadow())
                    .map(RuleResult::remaining)
                    .min(Long::compare);
        }
    }

    /** An enforcing rule had no room; nothing was charged anywhere. */
    record Denied(Source source, List<RuleResult> rules, Position position) implements Result {
        public Denied {
            rules = List.copyOf(rules);
        }

        /** Denied by the leader. */
        public Denied(List<RuleResult> rules, Position position) {
            this(Source.LEADER, rules, position);
        }

        /** The rule that denied and has the longest to wait. */
        public RuleResult rule() {
            return rules.stream()
                    .filter(r -> !r.shadow() && !r.allowed())
                    .max((a, b) -> Long.compare(wait(a), wait(b)))
                    .orElseThrow();
        }

        /** When the same cost may fit if nothing else is taken meanwhile; empty if it never can. */
        public Optional<Duration> retryAfter() {
            return rule().retryAfter();
        }

        private static long wait(RuleResult rule) {
            return rule.retryAfter().map(Duration::toMillis).orElse(Long.MAX_VALUE);
        }
    }

    /**
     * It isn't known whether the tokens were taken: the time ran out, or the cluster can't tell. Never a
     * denial. {@code maybeExecuted} is false if it is certain that nothing was taken.
     */
    record Unknown(String reason, boolean maybeExecuted) implements Result {}

    /**
     * What one rule said.
     *
     * @param allowed whether this rule alone would let the request pass
     * @param shadow the rule counts and reports, but never denies
     * @param remaining whole tokens left after the decision
     * @param retryAfter zero if allowed; empty if the cost can never be granted
     * @param resetAfter time until the counter is as if nothing had been taken
     */
    record RuleResult(
            String rule,
            boolean allowed,
            boolean shadow,
            long remaining,
            Optional<Duration> retryAfter,
            Duration resetAfter) {}

    /** Where in the replicated log the decision stands; a retried request has its first decision's. */
    record Position(int group, long index, int position, long logTimeMillis, long rulesVersion) {
        /** The position of a decision that no log entry made, because no rule matched. */
        public static final Position NONE = new Position(-1, 0, 0, 0, 0);
    }

    /** Names a grant to its refund: good for the client that got it, for about a minute. */
    record Receipt(int group, long sessionId, long sequence, long cost) {
        /** The receipt of what no leader granted: there is nothing to refund at the cluster. */
        public static final Receipt NONE = new Receipt(-1, 0, 0, 0);
    }
}
