package io.quorate.chaos.check;

import io.quorate.chaos.history.FaultRecord;
import io.quorate.chaos.history.HistoryVisitor;
import io.quorate.chaos.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** L3, of what a history can tell: away from faults nothing waits longer than 5 s, and nothing stays unanswered. */
final class PaceCheck implements HistoryVisitor {
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);
    private static final long AFTERMATH_NANOS = TimeUnit.SECONDS.toNanos(10);

    private record Slow(long number, long fromNanos, long toNanos) {}

    private final Findings findings;
    private final List<FaultRecord> faults;
    private final List<Slow> slow = new ArrayList<>();
    private long operations;
    private long lastNanos = Long.MIN_VALUE;

    PaceCheck(Findings findings, List<FaultRecord> faults) {
        this.findings = findings;
        this.faults = faults;
    }

    @Override
    public void operation(Operation operation) {
        operations++;
        long ended = operation.answer().returnedNanos();
        lastNanos = ended == Operation.NEVER ? lastNanos : Math.max(lastNanos, ended);
        if (ended != Operation.NEVER && ended - operation.invokedNanos() > WAIT_NANOS_MAX) {
            slow.add(new Slow(operation.number(), operation.invokedNanos(), ended));
        }
    }

    void end() {
        findings.checked(Invariant.L3, operations);
        for (Slow each : slow) {
            if (!nearAFault(each)) {
                findings.violated(
                        Invariant.L3,
                        "it took " + TimeUnit.NANOSECONDS.toMillis(each.toNanos() - each.fromNanos())
                                + " ms, though no fault was near",
                        each.number());
            }
        }
    }

    private boolean nearAFault(Slow each) {
        for (FaultRecord fault : faults) {
            long until = fault.stoppedNanos() == Operation.NEVER ? lastNanos : fault.stoppedNanos();
            if (fault.startedNanos() <= each.toNanos() && until + AFTERMATH_NANOS >= each.fromNanos()) {
                return true;
            }
        }
        return false;
    }
}
