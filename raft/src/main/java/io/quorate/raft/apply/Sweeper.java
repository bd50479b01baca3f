package io.quorate.raft.apply;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Command;
import io.quorate.core.command.Outcome;
import io.quorate.raft.group.Completion;
import io.quorate.raft.group.Failure;
import io.quorate.raft.group.Submission;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The leader's housekeeping: proposes sweeps of counters that became fresh and of sessions that expired.
 *
 * <p>Each looks at a bounded number of rows. One that found much is followed by another at once, so that
 * sweeping keeps up with new counters; ones that found nothing come ever more seldom. A busy group is swept
 * seldom too, but is swept. A group without rows is swept every minute as well: its log time is stamped by that, and a
 * member that takes over goes on from a stamp that isn't old ({@link GroupClock} is the slower the older it is).
 */
final class Sweeper {
    /** Counters that one sweep looks at. */
    static final int COUNTERS_MAX = 1000;
    /** Sweeps that may follow each other without a tick between them. */
    static final int IN_A_ROW_MAX = 16;
    /** Ticks between sweeps that find nothing. */
    static final int IDLE_TICKS_MAX = 8;
    /** Ticks after which even a busy group is swept. */
    static final int BUSY_TICKS_MAX = 10;

    /** Ticks between sweeps of a group without rows. */
    static final int EMPTY_TICKS = 60;

    private final Batcher batcher;
    private final int busyCommands;
    private final GroupCounters counters;
    private final AtomicBoolean proposed = new AtomicBoolean();

    private volatile boolean foundAny = true;

    // Used by the ticking thread.
    private int ticksSince;
    private int ticksToWait = 1;
    private boolean empty;

    Sweeper(Batcher batcher, BatchLimits limits, GroupCounters counters) {
        this.batcher = batcher;
        this.busyCommands = limits.commandsMax() / 2;
        this.counters = counters;
    }

    /** Proposes a sweep if it is time for one. */
    synchronized void tick(long rows) {
        boolean leading = batcher.isLeading();
        if (!leading || empty != (rows == 0)) {
            ticksSince = 0;
            ticksToWait = 1;
            empty = rows == 0;
        }
        if (!leading) {
            return;
        }
        ticksSince++;
        if (ticksSince < ticksBetween() || !proposed.compareAndSet(false, true)) {
            return;
        }
        ticksSince = 0;
        ticksToWait = foundAny ? 1 : Math.min(IDLE_TICKS_MAX, ticksToWait * 2);
        propose(IN_A_ROW_MAX);
    }

    private int ticksBetween() {
        if (empty) {
            return EMPTY_TICKS;
        }
        return batcher.queuedCommands() > busyCommands ? BUSY_TICKS_MAX : ticksToWait;
    }

    private void propose(int more) {
        counters.sweepsProposed.increment();
        batcher.submit(new Submission(
                new Command.Sweep(COUNTERS_MAX), Submission.ANY_RULES, List.of(), new Sweeping(more - 1)));
        batcher.flush();
    }

    /** Waits for a sweep's outcome, and goes on if it found much. */
    private final class Sweeping implements Completion {
        private final int more;

        Sweeping(int more) {
            this.more = more;
        }

        @Override
        public void applied(Applied applied) {
            long changed = applied.outcome() instanceof Outcome.Done done ? done.changed() : 0;
            foundAny = changed > 0;
            if (changed >= COUNTERS_MAX / 2 && more > 0) {
                propose(more);
            } else {
                proposed.set(false);
            }
        }

        @Override
        public void failed(Failure failure) {
            proposed.set(false); // the next tick tries again
        }
    }
}
