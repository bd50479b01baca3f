package io.quorate.chaos.history;

import java.util.List;
import java.util.Objects;

/**
 * How an operation ended.
 *
 * @param returnedNanos when, by the clock of {@link Operation#invokedNanos()}
 * @param allowed whether it did what was asked: granted, refunded, changed
 * @param source who decided: {@code leader}, {@code lease}, {@code fallback}; empty where that means nothing
 * @param id the request's identity as the answer told it; else {@link RequestId#NONE}
 * @param tokens what it is about: available again (refund), used (read), the version (rules); else 0
 * @param leaseId the lease that was spent; 0 if none or not known
 * @param results what each counter said, in the order of the keys; may be empty
 * @param node who answered, if known; else empty
 * @param error why there is no answer; empty if there is one
 */
public record Answer(
        long returnedNanos,
        Status status,
        boolean allowed,
        String source,
        RequestId id,
        Place place,
        long tokens,
        long leaseId,
        List<CounterResult> results,
        String node,
        String error) {

    /** What is known of an operation's effect. */
    public enum Status {
        /** It was decided, and this is the decision (which may be a denial). */
        OK,
        /** It certainly had no effect: refused before it was proposed, or in a committed way. */
        FAIL,
        /** It may have had its effect, may have it later, or never. */
        INFO
    }

    /** What one counter said. */
    public record CounterResult(
            String rule,
            boolean allowed,
            boolean shadow,
            long remaining,
            long retryAfterMillis,
            long resetAfterMillis) {}

    public Answer {
        results = List.copyOf(results);
        Objects.requireNonNull(status);
        if (status == Status.OK && !error.isEmpty()) {
            throw new IllegalArgumentException("what was decided has no error: " + error);
        }
    }

    /** A decision at a place in the log. */
    public static Answer decided(
            long returnedNanos, boolean allowed, RequestId id, Place place, List<CounterResult> results) {
        return new Answer(returnedNanos, Status.OK, allowed, "leader", id, place, 0, 0, results, "", "");
    }

    /** It was done, and this came of it. */
    public static Answer done(long returnedNanos, boolean allowed, long tokens) {
        return new Answer(
                returnedNanos, Status.OK, allowed, "", RequestId.NONE, Place.NONE, tokens, 0, List.of(), "", "");
    }

    /** It certainly had no effect. */
    public static Answer fail(long returnedNanos, String error) {
        return without(returnedNanos, Status.FAIL, error);
    }

    /** Nobody knows. */
    public static Answer info(long returnedNanos, String error) {
        return without(returnedNanos, Status.INFO, error);
    }

    private static Answer without(long returnedNanos, Status status, String error) {
        String why = error.isEmpty() ? "?" : error;
        return new Answer(returnedNanos, status, false, "", RequestId.NONE, Place.NONE, 0, 0, List.of(), "", why);
    }

    /** The same, decided by another than the leader. */
    public Answer by(String decider, long lease) {
        return new Answer(returnedNanos, status, allowed, decider, id, place, tokens, lease, results, node, error);
    }

    /** The same, answered by this node. */
    public Answer from(String answering) {
        return new Answer(
                returnedNanos, status, allowed, source, id, place, tokens, leaseId, results, answering, error);
    }
}
