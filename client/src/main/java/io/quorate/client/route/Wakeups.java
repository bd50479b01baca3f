package io.quorate.client.route;

/** The loop's timer. */
@FunctionalInterface
public interface Wakeups {
    /** Has {@link Router#tick} called once, on the loop, after about this time. */
    void tickAfter(long nanos);
}
