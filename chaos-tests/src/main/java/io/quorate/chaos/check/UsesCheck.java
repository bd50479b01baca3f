package io.quorate.chaos.check;

import io.quorate.chaos.check.Use.Outcome;
import io.quorate.chaos.check.UseBounds.Worst;
import io.quorate.chaos.history.Answer;
import io.quorate.chaos.history.Asked;
import io.quorate.chaos.history.HistoryVisitor;
import io.quorate.chaos.history.Operation;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * S2 and S3: every use of a counter that clients leased of, by the harness's clock, against the limit; and against what
 * the counter says was used at the end.
 */
final class UsesCheck implements HistoryVisitor {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long YEAR_MILLIS = TimeUnit.DAYS.toMillis(365);

    private final Findings findings;
    private final Map<String, Leased> leased;
    private final Map<String, List<Use>> uses = new HashMap<>();
    private final Map<String, Long> unknown = new HashMap<>();
    private final Map<String, OperationTable.FinalRead> finalReads;
    private final Map<Integer, LogTimes> times = new HashMap<>();
    private long unshown;
    private long unplaced;

    /** The limit of a counter that clients leased of, and the group that has it. */
    record Leased(Limit limit, int group) {}

    /** {@code leased} has every leased counter whose limit stayed the same. */
    UsesCheck(Findings findings, Map<String, Leased> leased, Map<String, OperationTable.FinalRead> finalReads) {
        this.findings = findings;
        this.leased = leased;
        this.finalReads = finalReads;
    }

    /** Uses of a counter that their process recorded by itself. */
    void recorded(String key, List<Use> of) {
        for (Use use : of) {
            // A fallback's grant is the client's own affair, and no use of the counter.
            if (use.granted() && use.outcome() != Outcome.GRANTED_BY_FALLBACK) {
                uses.computeIfAbsent(key, k -> new ArrayList<>()).add(use);
            } else if (use.outcome() == Outcome.UNKNOWN) {
                unknown.merge(key, use.tokens(), Long::sum);
            }
        }
    }

    @Override
    public void operation(Operation operation) {
        Answer answer = operation.answer();
        if (operation.isOk() && answer.place().isKnown() && operation.asked().copy() == 0) {
            // Reads have a log time, too, and no place in the order.
            if (operation.asked().kind() == Asked.Kind.ACQUIRE) {
                times.computeIfAbsent(answer.place().group(), group -> new LogTimes())
                        .decided(answer.place().logTimeMillis(), operation.invokedNanos(), answer.returnedNanos());
            }
        }
        if (operation.asked().kind() != Asked.Kind.ACQUIRE) {
            return;
        }
        for (String key : operation.asked().keys()) {
            if (!leased.containsKey(key)) {
                continue;
            }
            if (operation.isGrant() && !answer.source().equals("fallback")) {
                Outcome by = answer.source().equals("lease") ? Outcome.GRANTED_BY_LEASE : Outcome.GRANTED_BY_LEADER;
                uses.computeIfAbsent(key, k -> new ArrayList<>())
                        .add(new Use(
                                operation.invokedNanos(),
                                answer.returnedNanos(),
                                operation.asked().cost(),
                                by));
            } else if (operation.isInfo()) {
                unknown.merge(key, operation.asked().cost(), Long::sum);
            }
        }
    }

    /** The history is over. */
    void end() {
        times.values().forEach(LogTimes::complete);
        uses.forEach((key, of) -> {
            Leased counter = leased.get(key);
            if (counter != null) {
                bound(key, counter, of);
                total(key, counter.limit(), of);
            }
        });
        if (unshown > 0) {
            findings.note(
                    Invariant.S3,
                    "tokens that count as spent and no use shows, of leases that ended or are out: " + unshown);
        }
        if (unplaced > 0) {
            findings.note(
                    Invariant.S2,
                    unplaced + " uses of windows weren't judged: log time at their moment isn't known well enough");
        }
    }

    private void bound(String key, Leased counter, List<Use> of) {
        Limit limit = counter.limit();
        long looked = of.size();
        Optional<Worst> worst = Optional.empty();
        switch (limit.algorithm()) {
            case TOKEN_BUCKET, GCRA -> worst = UseBounds.bucket(limit, of);
            case SLIDING_LOG -> worst = UseBounds.slidingLog(limit, of);
            case FIXED_WINDOW -> {
                LogTimes time = times.get(counter.group());
                looked = time == null ? 0 : UseBounds.placed(limit, of, time);
                worst = time == null ? Optional.empty() : UseBounds.fixedWindow(limit, of, time);
                unplaced += of.size() - looked;
            }
            case SLIDING_WINDOW, CONCURRENCY ->
                findings.note(Invariant.S2, "a " + limit.algorithm().label() + " has no bound by the time of use");
        }
        if (worst.isEmpty()) {
            return;
        }
        findings.checked(Invariant.S2, looked);
        Worst most = worst.get();
        if (most.over() > 0) {
            findings.violated(new Violation(
                    Invariant.S2,
                    most.tokens() + " tokens were used within " + (most.toNanos() - most.fromNanos()) / MILLI
                            + " ms, though " + limit + " allows " + most.allowed(),
                    key,
                    most.fromNanos(),
                    List.of()));
        }
    }

    /** A window that spans the run counts everything: what was used is in it, and what is in it may have been used. */
    private void total(String key, Limit limit, List<Use> of) {
        OperationTable.FinalRead read = finalReads.get(key);
        boolean spans = limit.periodMillis() >= YEAR_MILLIS && limit.algorithm() == Algorithm.FIXED_WINDOW;
        if (read == null || !spans) {
            return;
        }
        long used = of.stream().mapToLong(Use::tokens).sum();
        findings.checked(Invariant.S3, 1);
        if (read.used() < used) {
            findings.violated(new Violation(
                    Invariant.S3,
                    "the counter says that " + read.used() + " tokens were used, but " + used + " were",
                    key,
                    0,
                    List.of(read.operation())));
        }
        long more = read.used() - used - unknown.getOrDefault(key, 0L);
        unshown += Math.max(0, more);
    }
}
