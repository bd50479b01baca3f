package io.quorate.client.api;

import java.util.concurrent.CompletableFuture;

/**
 * A request resolved beforehand, for paths that ask for the same again and again: what its rules are counted by is
 * looked up once, and again only when rules change. Thread-safe; threads that share one don't contend.
 *
 * <p>While the client holds tokens of every counter that the request is charged to, an acquire takes no lock, allocates
 * nothing and makes no call.
 *
 * <pre>{@code
 * Limiter limiter = client.limiter(AcquireRequest.of("shop", "client", "42"));
 * if (limiter.tryAcquire().granted()) {
 *     // serve
 * }
 * }</pre>
 */
public interface Limiter {

    /** The cost of the request that this was made of; see {@link #tryAcquire(long)}. */
    Result tryAcquire();

    /**
     * Decides once, here if tokens are held or the leader said when there will be some, else at the leader, for
     * which it
     * waits at most the request timeout.
     *
     * @param cost tokens, 1 to 1,000,000,000
     * @throws QuorateException if the request can't be decided as it is
     */
    Result tryAcquire(long cost);

    /** Like {@link #tryAcquire(long)} without waiting; completed already if it was decided here. */
    CompletableFuture<Result> acquireAsync(long cost);
}
