package io.quorate.client.lease;

/** A request that waits for a renewal; told once, on the loop. */
public interface Waiter {
    /** Tokens, 1 or more. */
    long cost();

    /** Until when it waits; monotonic nanoseconds. */
    long deadlineNanos();

    /**
     * Tells what came of it.
     *
     * @param answer {@link Answer#ASK} if nothing was decided: the leader must be asked, or the time is up
     * @param retryAfterNanos for the denied; 0 if there is no telling
     */
    void answered(Answer answer, long retryAfterNanos);
}
