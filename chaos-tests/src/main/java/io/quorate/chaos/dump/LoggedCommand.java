package io.quorate.chaos.dump;

import java.util.List;

/**
 * A command of an entry. What a kind doesn't have is 0 or empty.
 *
 * @param request what identifies the payload of an acquire: the hash of what was asked for
 * @param amount the cost of an acquire, the count of a refund, the version of a fence
 * @param target of a refund: the sequence of the acquire
 * @param key of a reset or a renewal: the counter
 * @param lease of a renewal: what it says
 */
public record LoggedCommand(
        Kind kind,
        long session,
        long sequence,
        long ackedBelow,
        long request,
        long amount,
        long target,
        String key,
        List<LoggedCharge> charges,
        LeaseReport lease) {

    /** Kinds of commands. */
    public enum Kind {
        OPEN_SESSION,
        CLOSE_SESSION,
        ACQUIRE,
        REFUND,
        RESET,
        SWEEP,
        FENCE_RULES,
        PUT_RULES,
        RENEW_LEASE
    }

    /** What a renewal reports and asks for; cumulative over the lease, as in the log. */
    public record LeaseReport(
            int limitId, long leaseId, long spent, long returned, long need, long want, long ttlMillis) {
        /** Of what is no renewal. */
        public static final LeaseReport NONE = new LeaseReport(0, 0, 0, 0, 0, 0, 0);
    }

    public LoggedCommand {
        charges = List.copyOf(charges);
    }

    /** An acquire. */
    public static LoggedCommand acquire(
            long session, long sequence, long ackedBelow, long cost, List<LoggedCharge> charges) {
        return new LoggedCommand(
                Kind.ACQUIRE, session, sequence, ackedBelow, 0, cost, 0, "", charges, LeaseReport.NONE);
    }

    /** A refund of {@code count} tokens of the acquire {@code target}. */
    public static LoggedCommand refund(long session, long sequence, long ackedBelow, long target, long count) {
        return new LoggedCommand(
                Kind.REFUND, session, sequence, ackedBelow, 0, count, target, "", List.of(), LeaseReport.NONE);
    }

    /** A command about a counter alone, or about nothing of it. */
    public static LoggedCommand of(Kind kind, long session, long amount, String key) {
        return new LoggedCommand(kind, session, 0, 0, 0, amount, 0, key, List.of(), LeaseReport.NONE);
    }
}
