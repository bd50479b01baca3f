package io.quorate.client.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A client of a Quorate cluster. Thread-safe; one is enough for a process; holds one connection per node.
 *
 * <p>{@code acquireAsync} returns a future; {@code tryAcquire} makes one decision and waits for its answer at
 * most the request timeout; {@code acquire} waits until granted, up to a deadline.
 */
public interface QuorateClient extends AutoCloseable {

    static QuorateClientBuilder builder() {
        return new QuorateClientBuilder();
    }

    /** Decides once. Completes normally, also with {@link Result.Unknown}; fails only on invalid arguments. */
    CompletableFuture<Result> acquireAsync(AcquireRequest request);

    /** Decides once and waits for the answer, at most the request timeout. */
    Result tryAcquire(AcquireRequest request);

    /**
     * Tries until granted or {@code maxWait} has passed, sleeping as long as denials say.
     *
     * @return {@link Result.Granted}, or the last {@link Result.Denied} at once when the wait it asks for
     *     doesn't fit into the time left or never ends, or {@link Result.Unknown}
     * @throws InterruptedException if the thread was interrupted while waiting; no tokens are held then
     */
    Result acquire(AcquireRequest request, Duration maxWait) throws InterruptedException;

    /** What an acquire would get now, linearizably; charges nothing. */
    CompletableFuture<PeekResult> peek(AcquireRequest request);

    /**
     * Gives back up to {@code count} tokens of a grant, once. Refunding a concurrency permit releases it.
     *
     * @return the tokens available again: less than asked for if the grant's window has passed
     */
    CompletableFuture<RefundResult> refund(Result.Receipt receipt, long count);

    /** Rules, keys, groups and nodes. */
    QuorateAdmin admin();

    @Override
    void close();
}
