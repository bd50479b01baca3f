package io.quorate.chaos.history;

/**
 * One operation of a run, as its caller saw it.
 *
 * @param number its number in the history, from 1
 * @param process who asked: one that asks one thing after the other
 * @param invokedNanos before it was sent, {@code System.nanoTime()}: one clock for all processes of a machine
 * @param answer how it ended; {@code INFO} at {@link #NEVER} if the harness ended first
 */
public record Operation(long number, String process, long invokedNanos, Asked asked, Answer answer) {
    /** The time of an answer that never came. */
    public static final long NEVER = Long.MAX_VALUE;

    public Operation {
        if (answer.returnedNanos() != NEVER && answer.returnedNanos() < invokedNanos) {
            throw new IllegalArgumentException("operation " + number + " was answered before it was asked");
        }
    }

    public boolean isOk() {
        return answer.status() == Answer.Status.OK;
    }

    public boolean isInfo() {
        return answer.status() == Answer.Status.INFO;
    }

    /** Whether it is an acquire that was granted, by whomever. */
    public boolean isGrant() {
        return isOk() && asked.kind() == Asked.Kind.ACQUIRE && answer.allowed();
    }

    /** The request's identity, by whoever knows it; else {@link RequestId#NONE}. */
    public RequestId id() {
        return asked.id().isKnown() ? asked.id() : answer.id();
    }

    /** When it ended for the order of time: what is unknown may still take effect at any time. */
    public long returnedNanos() {
        return isInfo() ? NEVER : answer.returnedNanos();
    }
}
