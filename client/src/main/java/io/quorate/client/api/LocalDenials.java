package io.quorate.client.api;

import io.quorate.client.lease.Pocket;
import io.quorate.client.lease.Resolved;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a request is told that was denied where it was asked. */
final class LocalDenials {
    private LocalDenials() {}

    /** The rules that have nothing for this cost, with what is known of them here: remaining tokens are a hint. */
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
            Duration wait = Duration.ofNanos(waitNanos);
            rules.add(new Result.RuleResult(
                    pocket.target().key().ruleId(), !denies, false, pocket.remainingHint(), Optional.of(wait), wait));
        }
        return new Result.Denied(source, rules, Result.Position.NONE);
    }
}
