package io.quorate.client.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What came of an acquire: granted, denied, or unknown. */
public sealed interface Result {

    /** Every matching rule had room, and was charged; durable on a majority before this was answered. */
    record Granted(List<RuleResult> rules, Position position, Receipt receipt) implements Result {
        public Granted {
            rules = List.copyOf(rules);
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
    record Denied(List<RuleResult> rules, Position position) implements Result {
        public Denied {
            rules = List.copyOf(rules);
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
    record Receipt(int group, long sessionId, long sequence, long cost) {}
}
