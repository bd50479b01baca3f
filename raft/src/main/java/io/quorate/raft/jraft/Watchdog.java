package io.quorate.raft.jraft;

import io.quorate.raft.apply.GroupProgress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second after one group: lets it do its housekeeping, and reports it if it is broken or stuck. A
 * process that is alive with a dead group in it is worse than one that is restarted.
 *
 * <p>A leader that is stuck first asks another member to take over, which costs the group less than an election
 * after the process is gone; it is reported if that doesn't help.
 *
 * <p>Threads: called by one thread at a time. Asking another member may wait for the very thing that is stuck, so
 * it is done in the background.
 */
final class Watchdog implements Runnable {
    /** A snapshot that is being written for so many times the time of a stuck group is stuck, too. */
    private static final long SAVE_TIMES_MAX = 60;

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    private final Watched group;
    private final long stuckMillisMax;
    private final FatalReport fatal;
    private final Executor background;
    private long appliedIndex = -1;
    private long appliedAtNanos;
    /** When the apply thread was seen last at a snapshot; entries wait for it meanwhile. */
    private long snapshotAtNanos;

    private boolean sawSnapshot;
    private boolean saving;
    private long savingSinceNanos;
    private boolean handingOver;
    private long handingOverSinceNanos;
    private boolean reported;

    Watchdog(Watched group, long stuckMillisMax, FatalReport fatal, Executor background) {
        this.group = group;
        this.stuckMillisMax = stuckMillisMax;
        this.fatal = fatal;
        this.background = background;
    }

    @Override
    public void run() {
        try {
            look(System.nanoTime());
        } catch (RuntimeException e) {
            // A scheduled task that throws is never run again, so this must be seen and survived.
            LOG.error("The housekeeping of {} failed", group.name(), e);
        }
    }

    void look(long nowNanos) {
        if (reported) {
            return;
        }
        if (group.isInErrorState()) {
            broken("Raft is in its error state; the log says since when and why");
            return;
        }
        GroupProgress progress = group.tick();
        if (progress.failure().isPresent()) {
            broken(progress.failure().get());
            return;
        }
        long unansweredMillis = group.unansweredMillis();
        if (unansweredMillis > stuckMillisMax) {
            // Asking another member would wait for the same lock.
            broken("Raft hasn't said for " + unansweredMillis + " ms how far it is: something holds its lock");
            return;
        }
        lookAtSnapshots(nowNanos);
        Optional<String> saveStuck = savingTakesTooLong(nowNanos);
        Optional<String> commitsStuck = commitsStandStill(progress, nowNanos);
        Optional<String> applyingStuck = applyingStandsStill(nowNanos);
        Optional<String> stuck = saveStuck.or(() -> commitsStuck).or(() -> applyingStuck);
        if (stuck.isEmpty()) {
            handingOver = false;
        } else if (!handingOver && group.isLeader()) {
            handOver(stuck.get(), nowNanos);
        } else if (!handingOver || millis(nowNanos - handingOverSinceNanos) >= stuckMillisMax / 2) {
            broken(stuck.get());
        }
    }

    private void lookAtSnapshots(long nowNanos) {
        boolean savingNow = group.isSaving();
        if (savingNow && !saving) {
            savingSinceNanos = nowNanos;
        }
        saving = savingNow;
        if (savingNow || group.isLoading()) {
            sawSnapshot = true;
            snapshotAtNanos = nowNanos;
        }
    }

    private Optional<String> savingTakesTooLong(long nowNanos) {
        long millis = saving ? millis(nowNanos - savingSinceNanos) : 0;
        return millis > SAVE_TIMES_MAX * stuckMillisMax
                ? Optional.of("a snapshot isn't written after " + millis + " ms")
                : Optional.empty();
    }

    /** The time for which entries waited is the group's fault only since it was last seen at a snapshot. */
    private Optional<String> commitsStandStill(GroupProgress progress, long nowNanos) {
        long millis = progress.standstillMillis();
        if (sawSnapshot) {
            millis = Math.min(millis, millis(nowNanos - snapshotAtNanos));
        }
        return group.isLeader() && millis > stuckMillisMax
                ? Optional.of(progress.unresolvedEntries() + " entries and " + progress.queuedCommands()
                        + " commands wait, but none was committed for " + millis + " ms")
                : Optional.empty();
    }

    /** Committed entries that aren't applied: the apply thread hangs, or the state takes too long. */
    private Optional<String> applyingStandsStill(long nowNanos) {
        long applied = group.appliedIndex();
        boolean idle = group.committedIndex() <= applied;
        if (applied != appliedIndex || idle || saving || group.isLoading()) {
            appliedIndex = applied;
            appliedAtNanos = nowNanos;
            return Optional.empty();
        }
        long stillMillis = millis(nowNanos - appliedAtNanos);
        return stillMillis > stuckMillisMax
                ? Optional.of(
                        "entries after " + applied + " are committed, but none was applied for " + stillMillis + " ms")
                : Optional.empty();
    }

    private void handOver(String cause, long nowNanos) {
        LOG.error("{} is stuck and asks another member to lead: {}", group.name(), cause);
        handingOver = true;
        handingOverSinceNanos = nowNanos;
        background.execute(() -> group.handOver().ifPresent(why -> LOG.error("Not handed over: {}", why)));
    }

    private void broken(String cause) {
        reported = true;
        fatal.tell(group.name() + ": " + cause);
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
