package io.quorate.client.api;

import io.quorate.client.lease.Pocket;
import io.quorate.client.lease.Resolved;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a request is told that was denied where it was asked. */
final class LocalDenials {
    /** When to try again where nothing tells: the leader is asked again any moment, or the cluster may be back. */
    private static final long SOON_NANOS = 1_000_000L;

    private static final long LATER_NANOS = 100_000_000L;

    private LocalDenials() {}

    /**
     * The rules that have nothing for this cost, with what is known of them here: remaining tokens are a hint, and
     * the time
     * until the counter is full isn't known, so it is told like the time to wait.
     */
    static Result.Denied of(Resolved resolved, long cost, Result.Source source) {
        List<Result.RuleResult> rules = new ArrayList<>();
        List<Pocket> pockets = resolved.enforcing();
        Pocket longest = pockets.get(0);
        for (Pocket pocket : pockets) {
            if (pocket.retryAfterNanos(cost) > longest.retryAfterNanos(cost)) {
                longest = pocket;
            }
        }
        for (Pocket pocket : pockets) {
            long waitNanos = pocket.retryAfterNanos(cost);
            boolean denies = waitNanos > 0 || pocket == longest;
            long leastNanos = source == Result.Source.FALLBACK ? LATER_NANOS : SOON_NANOS;
            Duration wait = Duration.ofNanos(denies ? Math.max(leastNanos, waitNanos) : 0);
            rules.add(new Result.RuleResult(
                    pocket.target().key().ruleId(), !denies, false, pocket.remainingHint(), Optional.of(wait), wait));
        }
        return new Result.Denied(source, rules, Result.Position.NONE);
    }
}
