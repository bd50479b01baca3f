package io.quorate.client.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A client of a Quorate cluster. Thread-safe; one is enough for a process; holds one connection per node.
 *
 * <p>{@code acquireAsync} returns a future; {@code tryAcquire} makes one decision and waits for its answer at
 * most the request timeout; {@code acquire} waits until granted, up to a deadline.
 *
 * <pre>{@code
 * try (QuorateClient client =
 *         QuorateClient.builder().endpoints(endpoints).name("search").build()) {
 *     AcquireRequest request = AcquireRequest.of("shop", "client", "42", "endpoint", "/search");
 *     Result result = client.tryAcquire(request.withCost(3));
 *     if (result instanceof Result.Granted granted) {
 *         int found = search();
 *         if (found == 0) {
 *             client.refund(granted.receipt(), 2).join();
 *         }
 *     } else if (result instanceof Result.Denied denied) {
 *         sayTooMany(denied.rule().rule(), denied.retryAfter());
 *     } else if (result instanceof Result.Unknown unknown) {
 *         sayTryLater(unknown.reason());
 *     }
 * }
 * }</pre>
 *
 * <p>A request that gets no answer, or is refused by a node that can't decide it, is repeated under the same
 * id until the request timeout, so that it takes tokens once at most. Only if it is still open then, the
 * result is {@link Result.Unknown}; a failure is never a denial.
 *
 * <p>Futures are completed on the client's one event loop: callbacks that are attached without an executor
 * run there, must not block, and may call {@code acquireAsync}, {@code peek} and {@code refund}; the methods
 * that wait refuse to be called there.
 */
public interface QuorateClient extends AutoCloseable {

    static QuorateClientBuilder builder() {
        return new QuorateClientBuilder();
    }

    /**
     * Decides once. Completes normally, also with {@link Result.Unknown}; fails with a {@link QuorateException}
     * of kind {@code INVALID} or {@code NOT_FOUND} alone, if the request can't be decided as it is: no such
     * namespace, or the entry is missing by which it is spread.
     */
    CompletableFuture<Result> acquireAsync(AcquireRequest request);

    /**
     * Decides once and waits for the answer, at most the request timeout. An interrupt doesn't end the wait.
     *
     * @throws QuorateException if the request can't be decided as it is
     */
    Result tryAcquire(AcquireRequest request);

    /**
     * Tries until granted or {@code maxWait} has passed, sleeping as long as denials say. Each attempt gets
     * what is left of the time, but at least 100 ms and at most the request timeout.
     *
     * @return {@link Result.Granted}, or the last {@link Result.Denied} at once when the wait it asks for
     *     doesn't fit into the time left or never ends, or {@link Result.Unknown}
     * @throws InterruptedException if the thread was interrupted while waiting; no tokens are held then: if an
     *     attempt was under way, what it is granted is given back when the answer comes
     * @throws QuorateException if the request can't be decided as it is
     */
    Result acquire(AcquireRequest request, Duration maxWait) throws InterruptedException;

    /** A handle for asking the same again and again. */
    Limiter limiter(AcquireRequest request);

    /** What was decided here, and what that took. */
    LeaseStats leaseStats();

    /** What an acquire would get now, linearizably; charges nothing. */
    CompletableFuture<PeekResult> peek(AcquireRequest request);

    /**
     * Gives back up to {@code count} tokens of a grant, once. Refunding a concurrency permit releases it. What was
     * granted
     * by a lease or the failure policy can't be refunded: the answer is {@code Expired}.
     *
     * @return the tokens available again: less than asked for if the grant's window has passed
     */
    CompletableFuture<RefundResult> refund(Result.Receipt receipt, long count);

    /** Rules, keys, groups and nodes. */
    QuorateAdmin admin();

    /** Ends the connections. What is unanswered becomes {@link Result.Unknown}, and so does what comes later. */
    @Override
    void close();
}
