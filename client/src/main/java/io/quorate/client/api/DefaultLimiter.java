package io.quorate.client.api;

import io.quorate.client.lease.Resolved;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A request and what it was last resolved to. */
final class DefaultLimiter implements Limiter {
    private final DefaultQuorateClient client;
    private final LeasedAcquires leased;
    private final AcquireRequest request;
    private volatile @Nullable Resolved resolved;

    DefaultLimiter(DefaultQuorateClient client, LeasedAcquires leased, AcquireRequest request) {
        this.client = client;
        this.leased = leased;
        this.request = request;
        this.resolved = leased.find(request.key());
    }

    @Override
    public Result tryAcquire() {
        return tryAcquire(request.cost());
    }

    @Override
    public Result tryAcquire(long cost) {
        Resolved known = resolved;
        if (known != null) {
            Result here = leased.decide(known, cost);
            if (here != null) {
                return here;
            }
        }
        return client.tryAcquire(costing(cost), resolveAgain(known));
    }

    @Override
    public CompletableFuture<Result> acquireAsync(long cost) {
        Resolved known = resolved;
        if (known != null) {
            Result here = leased.decide(known, cost);
            if (here != null) {
                return CompletableFuture.completedFuture(here);
            }
        }
        return client.acquireAsync(costing(cost), resolveAgain(known));
    }

    private AcquireRequest costing(long cost) {
        return cost == request.cost() ? request : request.withCost(cost);
    }

    private @Nullable Resolved resolveAgain(@Nullable Resolved known) {
        if (known != null && known.current()) {
            return known;
        }
        Resolved found = leased.find(request.key());
        resolved = found;
        return found;
    }
}
