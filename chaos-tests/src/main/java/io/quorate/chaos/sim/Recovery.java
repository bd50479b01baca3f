package io.quorate.chaos.sim;

import io.quorate.core.algorithm.Meter;
import io.quorate.core.lease.LedgerReport;
import io.quorate.core.machine.StateView;
import io.quorate.core.machine.StateView.CounterEntry;
import io.quorate.core.quota.Limit;

/**
 * The second part of a run: all is healed, all clients but one are dead, and within a minute all must be well again.
 */
final class Recovery {
    private static final long SECOND = 1_000_000_000L;
    private static final long CONVERGED_NANOS = 10 * SECOND;
    private static final long SERVED_NANOS = 20 * SECOND;
    private static final long LEASES_OVER_NANOS = (RuleBook.TTL_MILLIS_MAX + 1_000) * 1_000_000L;
    /** A queue of a group's longest, one command to an entry and one entry at a time, is through by then. */
    private static final long QUEUED_NANOS = 180 * SECOND;

    private static final long FRESH_NANOS = 62 * SECOND;
    private static final long POLL_NANOS = SECOND / 10;

    private final World world;

    Recovery(World world) {
        this.world = world;
    }

    void run() {
        world.heal();
        SimClient survivor = world.clients.get(0);
        for (SimClient client : world.clients) {
            if (client.isUp() && client != survivor) {
                client.die();
            }
        }
        boolean asks = survivor.isUp();
        long healedAt = world.agenda.nowNanos();
        runUntil(healedAt + SECOND); // a message that was on its way may still take a leader down
        awaitConvergence(healedAt + SECOND + CONVERGED_NANOS);
        if (asks) {
            serve(survivor);
        }
        world.rest();
        if (survivor.isUp()) {
            survivor.die();
        }
        awaitLeasesOver();
        awaitConvergence(world.agenda.nowNanos() + CONVERGED_NANOS);
        forAllCounters(this::checkLeases);
        runUntil(world.agenda.nowNanos() + FRESH_NANOS);
        forAllCounters(this::checkFull);
    }

    private void runUntil(long nanos) {
        while (world.agenda.nextNanos() <= nanos && world.step()) {
            continue;
        }
    }

    /**
     * Waits for as long as any lease can last. That is from when the log has its last renewal, not from the clients'
     * death: what they had sent may still be waiting for its place in an entry.
     */
    private void awaitLeasesOver() {
        long diedAt = world.agenda.nowNanos();
        long over = diedAt + LEASES_OVER_NANOS;
        while (world.agenda.nowNanos() < over) {
            runUntil(over);
            world.agenda.at(over, Step.PHASE, () -> {});
            runUntil(over);
            over = Math.max(over, world.checks.lastRenewalNanos() + LEASES_OVER_NANOS);
            if (over > diedAt + QUEUED_NANOS) {
                throw new Violation(Invariant.L4, "leases of dead clients are renewed without end");
            }
        }
    }

    private void awaitConvergence(long deadlineNanos) {
        long[] committed = world.logs.stream().mapToLong(SimLog::committed).toArray();
        while (!isConverged(committed)) {
            if (world.agenda.nowNanos() > deadlineNanos) {
                throw new Violation(Invariant.L2, "the replicas didn't come together: " + describe());
            }
            runUntil(world.agenda.nowNanos() + POLL_NANOS);
            world.agenda.after(POLL_NANOS, Step.PHASE, () -> {});
        }
    }

    /** Whether all replicas have what was committed when this began; that they are equal is checked at each entry. */
    private boolean isConverged(long[] committed) {
        for (SimLog log : world.logs) {
            for (Replica replica : log.replicas) {
                if (log.leader() < 0 || replica.applied() < committed[log.group.value()]) {
                    return false;
                }
            }
        }
        return true;
    }

    private String describe() {
        StringBuilder out = new StringBuilder();
        for (SimLog log : world.logs) {
            out.append(log.group)
                    .append(" leader ")
                    .append(log.leader())
                    .append(" committed ")
                    .append(log.committed());
            for (Replica replica : log.replicas) {
                out.append(", applied ").append(replica.applied());
            }
            out.append("; ");
        }
        return out.toString();
    }

    /** The client that is left is answered. */
    private void serve(SimClient survivor) {
        Traffic traffic = world.traffic(survivor);
        int before = traffic.served();
        long deadline = world.agenda.nowNanos() + queueNanos() + SERVED_NANOS;
        while (traffic.served() < before + 3) {
            if (world.agenda.nowNanos() > deadline) {
                throw new Violation(Invariant.L3, "client 0 isn't served: " + survivor.router());
            }
            runUntil(world.agenda.nowNanos() + POLL_NANOS);
            world.agenda.after(POLL_NANOS, Step.PHASE, () -> {});
        }
    }

    /** How long a full queue of a group takes, entry after entry: requests from before stand before the survivor's. */
    private long queueNanos() {
        Swarm swarm = world.swarm;
        long entries = swarm.batchLimits.queuedCommandsMax() / swarm.batchLimits.commandsMax();
        return entries * 2 * (swarm.delayMicros + swarm.fsyncMicros) * 1_000;
    }

    private interface Check {
        void check(CounterEntry entry, StateView view, long nowMillis);
    }

    private void forAllCounters(Check check) {
        for (int group = 1; group < world.logs.size(); group++) {
            SimLog log = world.logs.get(group);
            log.replicas.get(Math.max(0, log.leader())).readLocal((view, nowMillis) -> {
                for (CounterEntry entry : view.countersAfter(new byte[0], Integer.MAX_VALUE)) {
                    check.check(entry, view, nowMillis);
                }
                return true;
            });
        }
    }

    private static LedgerReport report(CounterEntry entry, StateView view, long nowMillis) {
        Limit limit = view.limit(entry.row().limitId()).orElseThrow();
        return LedgerReport.of(entry.row().state(), Meter.of(limit), Meter.of(limit), nowMillis);
    }

    private void checkLeases(CounterEntry entry, StateView view, long nowMillis) {
        LedgerReport report = report(entry, view, nowMillis);
        if (report.outstanding() > 0) {
            throw new Violation(
                    Invariant.L4,
                    report.outstanding() + " tokens of " + entry.key() + " are out for ever at " + nowMillis + ": "
                            + report);
        }
    }

    private void checkFull(CounterEntry entry, StateView view, long nowMillis) {
        LedgerReport report = report(entry, view, nowMillis);
        Limit limit = view.limit(entry.row().limitId()).orElseThrow();
        boolean owesMore = world.checks.wasUnderAnotherLimit(entry.key());
        if (report.available() < limit.capacity() && !owesMore) {
            throw new Violation(
                    Invariant.S16,
                    "after a minute of rest only " + report.available() + " of " + limit + " are available of "
                            + entry.key());
        }
    }
}
