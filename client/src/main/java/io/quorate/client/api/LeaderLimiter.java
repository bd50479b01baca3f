package io.quorate.client.api;

import java.util.concurrent.CompletableFuture;

/** A request that is decided by its leader each time, for a client that leases nothing. */
record LeaderLimiter(QuorateClient client, AcquireRequest request) implements Limiter {
    @Override
    public Result tryAcquire() {
        return client.tryAcquire(request);
    }

    @Override
    public Result tryAcquire(long cost) {
        return client.tryAcquire(request.withCost(cost));
    }

    @Override
    public CompletableFuture<Result> acquireAsync(long cost) {
        return client.acquireAsync(request.withCost(cost));
    }
}
