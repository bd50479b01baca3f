package io.quorate.client.api;

import io.quorate.client.lease.LeaseSettings;
import io.quorate.client.lease.Resolved;
import io.quorate.client.net.NettyLoop;
import io.quorate.client.route.ClientLoop;
import io.quorate.client.route.ClusterMap;
import io.quorate.client.route.RouterSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client over one event loop. Thread-safe: what callers' threads share is the loop's queue. */
final class DefaultQuorateClient implements QuorateClient {
    /** The least time that one attempt of a waiting acquire gets, so that the last one can come back. */
    private static final long ATTEMPT_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long PAUSE_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long PAUSE_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Waiters that were told the same time come back spread over this part of it, */
    private static final int JITTER_PART = 8;
    /** and over no more than this. */
    private static final long JITTER_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    final ClientLoop loop;
    final long timeoutNanos;
    private final QuorateAdmin admin;
    /** Null if the client leases nothing: every acquire is decided by its leader. */
    private final @Nullable LeasedAcquires leased;

    DefaultQuorateClient(ClientLoop loop, long timeoutNanos, Optional<LeaseSettings> leases) {
        this.loop = loop;
        this.timeoutNanos = timeoutNanos;
        this.admin = new DefaultQuorateAdmin(this);
        this.leased = leases.map(settings -> new LeasedAcquires(loop, settings, map().dataGroups()))
                .orElse(null);
    }

    /** A client that has learned the topology. */
    static DefaultQuorateClient connect(
            RouterSettings settings,
            long timeoutNanos,
            Optional<LeaseSettings> leases,
            @Nullable ClientThreads threads) {
        NettyLoop loop = new NettyLoop(settings, System::nanoTime, threads == null ? null : threads.loops);
        CompletableFuture<Boolean> reached = new CompletableFuture<>();
        loop.start(() -> reached.complete(true));
        reached.completeOnTimeout(false, timeoutNanos, TimeUnit.NANOSECONDS);
        Boolean inTime = Answering.uninterruptibly(reached, timeoutNanos);
        if (inTime == null || !inTime) {
            CompletableFuture<String> troubles = new CompletableFuture<>();
            loop.execute(() -> troubles.complete(loop.router().troubles()));
            String why = Answering.uninterruptibly(troubles, 0);
            loop.close();
            throw new QuorateException(
                    QuorateException.Kind.UNAVAILABLE,
                    "no endpoint answered within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms: " + why);
        }
        return new DefaultQuorateClient(loop, timeoutNanos, leases);
    }

    @Override
    public CompletableFuture<Result> acquireAsync(AcquireRequest request) {
        Resolved resolved = resolve(request);
        Result here = decide(resolved, request.cost());
        return here != null ? CompletableFuture.completedFuture(here) : acquireAsync(request, resolved);
    }

    @Override
    public Result tryAcquire(AcquireRequest request) {
        Resolved resolved = resolve(request);
        Result here = decide(resolved, request.cost());
        return here != null ? here : tryAcquire(request, resolved);
    }

    /** What wasn't decided on the caller's thread: waits for the answer. */
    Result tryAcquire(AcquireRequest request, @Nullable Resolved resolved) {
        forbidLoop();
        return orLate(Answering.uninterruptibly(acquireAsync(request, resolved), timeoutNanos));
    }

    /** What wasn't decided on the caller's thread. */
    CompletableFuture<Result> acquireAsync(AcquireRequest request, @Nullable Resolved resolved) {
        return start(request, resolved, timeoutNanos);
    }

    private @Nullable Resolved resolve(AcquireRequest request) {
        return leased == null ? null : leased.find(request.key());
    }

    private @Nullable Result decide(@Nullable Resolved resolved, long cost) {
        return leased == null || resolved == null ? null : leased.decide(resolved, cost);
    }

    @Override
    public Limiter limiter(AcquireRequest request) {
        return leased == null ? new LeaderLimiter(this, request) : new DefaultLimiter(this, leased, request);
    }

    @Override
    public LeaseStats leaseStats() {
        return leased == null ? LeaseStats.NONE : leased.stats();
    }

    @Override
    public Result acquire(AcquireRequest request, Duration maxWait) throws InterruptedException {
        forbidLoop();
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long deadlineNanos = now() + Math.min(Long.MAX_VALUE / 4, saturatedNanos(maxWait));
        long pauseNanos = PAUSE_MIN_NANOS;
        while (true) {
            long attemptNanos = Math.min(timeoutNanos, Math.max(ATTEMPT_MIN_NANOS, deadlineNanos - now()));
            Result result = attempt(request, attemptNanos);
            long waitNanos;
            if (result instanceof Result.Denied denied) {
                Optional<Duration> retryAfter = denied.retryAfter();
                if (retryAfter.isEmpty()) {
                    return denied;
                }
                waitNanos = Math.max(1_000_000L, saturatedNanos(retryAfter.get()));
            } else if (result instanceof Result.Unknown unknown && !unknown.maybeExecuted()) {
                waitNanos = pauseNanos;
                pauseNanos = Math.min(PAUSE_MAX_NANOS, 2 * pauseNanos);
            } else {
                return result;
            }
            long leftNanos = deadlineNanos - now();
            if (waitNanos > leftNanos) {
                return result;
            }
            long jitter = Math.min(waitNanos / JITTER_PART, JITTER_MAX_NANOS);
            TimeUnit.NANOSECONDS.sleep(
                    Math.min(leftNanos, waitNanos + ThreadLocalRandom.current().nextLong(jitter + 1)));
        }
    }

    /** One decision; if the thread is interrupted meanwhile, a grant that comes later is given back. */
    private Result attempt(AcquireRequest request, long nanos) throws InterruptedException {
        Resolved resolved = resolve(request);
        Result here = decide(resolved, request.cost());
        if (here != null) {
            return here;
        }
        CompletableFuture<Result> result = start(request, resolved, nanos);
        try {
            return orLate(Answering.interruptibly(result, nanos));
        } catch (InterruptedException e) {
            var unused = result.thenAccept(late -> {
                if (late instanceof Result.Granted granted && granted.source() == Result.Source.LEADER) {
                    var given = refund(granted.receipt(), request.cost());
                }
            });
            throw e;
        }
    }

    private CompletableFuture<Result> start(AcquireRequest request, @Nullable Resolved resolved, long nanos) {
        LeasedAcquires local = leased;
        AcquireAttempt attempt =
                new AcquireAttempt(request, now() + nanos, local == null ? granted -> {} : local::leaderDecided);
        if (local == null || resolved == null || !resolved.leasable()) {
            if (local != null) {
                local.leaderAsked();
            }
            loop.submit(attempt);
        } else {
            local.ask(resolved, request.cost(), now() + nanos, result -> {
                if (result == null) {
                    local.leaderAsked();
                    loop.submit(attempt);
                } else {
                    attempt.decided(result);
                }
            });
        }
        return attempt.result;
    }

    private static Result orLate(@Nullable Result result) {
        return result == null
                ? new Result.Unknown("the client's own thread is blocked, perhaps by a callback", true)
                : result;
    }

    @Override
    public CompletableFuture<PeekResult> peek(AcquireRequest request) {
        PeekAttempt attempt = new PeekAttempt(request, now() + timeoutNanos);
        loop.submit(attempt);
        return attempt.result;
    }

    @Override
    public CompletableFuture<RefundResult> refund(Result.Receipt receipt, long count) {
        if (count < 1) {
            throw new IllegalArgumentException("the tokens to give back must be 1 or more, not " + count);
        }
        if (receipt.group() == Result.Receipt.NONE.group()) {
            return CompletableFuture.completedFuture(new RefundResult.Expired());
        }
        RefundAttempt attempt = new RefundAttempt(receipt, Math.min(count, receipt.cost()), now() + timeoutNanos);
        loop.submit(attempt);
        return attempt.result;
    }

    @Override
    public QuorateAdmin admin() {
        return admin;
    }

    @Override
    public void close() {
        LeasedAcquires local = leased;
        if (local != null && !loop.inLoop()) {
            CompletableFuture<Boolean> returned = new CompletableFuture<>();
            if (loop.tryExecute(() -> local.close(() -> returned.complete(true)))) {
                Answering.uninterruptibly(
                        returned.completeOnTimeout(false, timeoutNanos, TimeUnit.NANOSECONDS), timeoutNanos);
            }
        }
        loop.close();
    }

    long now() {
        return loop.clock().nanoTime();
    }

    ClusterMap map() {
        ClusterMap map = loop.router().map();
        if (map == null) {
            throw new IllegalStateException("a client is made once the topology is known");
        }
        return map;
    }

    /** Waiting on the loop for what only the loop can do would never end. */
    void forbidLoop() {
        if (loop.inLoop()) {
            throw new IllegalStateException("a callback must not wait for the client; use acquireAsync, or hand"
                    + " the work to another thread");
        }
    }

    private static long saturatedNanos(Duration duration) {
        return duration.compareTo(Duration.ofDays(10_000)) > 0
                ? Duration.ofDays(10_000).toNanos()
                : Math.max(0, duration.toNanos());
    }
}
