package io.quorate.client.route;

import java.util.random.RandomGenerator;

/**
 * The one loop of a client, with its router and all that it has of the world: clocks and chance. What runs on it runs
 * in bursts, each followed by {@link Router#flush}.
 */
public interface ClientLoop extends AutoCloseable {
    /** The router; only what it says of itself may be called from other threads. */
    Router router();

    /** Requests that may be unanswered at once. */
    int inFlightMax();

    /** The monotonic clock. Any thread. */
    NanoClock clock();

    /** The wall clock; milliseconds since 1970, UTC. Any thread. */
    long wallMillis();

    /** A generator of its own. Any thread. */
    RandomGenerator newRandom();

    /** Whether the caller is on the loop, and so must not wait for answers. */
    boolean inLoop();

    /** Runs something on the loop, as a burst of its own. Any thread. */
    void execute(Runnable task);

    /** Like {@link #execute}; false if the loop has ended. */
    boolean tryExecute(Runnable task);

    /** Runs something on the loop after a time, as a burst of its own. */
    void executeAfter(long nanos, Runnable task);

    /** Takes a call over; any thread. It is completed once, on the loop, or on this thread if it is refused here. */
    void submit(Call call);

    /** Closes the sessions, completes what is unanswered, and ends the loop. */
    @Override
    void close();
}
