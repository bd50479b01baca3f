package io.quorate.raft.apply;

import io.quorate.core.command.Command;
import io.quorate.raft.group.Completion;
import io.quorate.raft.group.Failpoint;
import io.quorate.raft.group.Failure;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.Submission;
import io.quorate.raft.log.EntryCodec;
import io.quorate.raft.log.EntryEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Gathers commands into entries and appends those, while this node leads. Thread-safe.
 *
 * <p>Natural batching: while the entries in flight are being replicated, what is submitted gathers; so entries
 * are small when there is little to do and large when there is much, without a timer.
 *
 * <p>Sealing (take, encode, stamp, append) is done by whichever thread finds it to be done, but by one at a
 * time; a thread that comes meanwhile only leaves word and goes on. So entries are appended in the order of
 * their stamps, and no submitter ever waits for another's encoding.
 */
final class Batcher {
    private static final long NOT_LEADING = 0;

    private final GroupClock clock;
    private final EntryLog log;
    private final BatchLimits limits;
    private final GroupCounters counters;
    private final CommandQueue queue;
    private final DrainRate drainRate;

    /** The term in which this node leads, or {@link #NOT_LEADING}. */
    private volatile long term = NOT_LEADING;

    private volatile Failure notLeader = new Failure.NotLeader(Optional.empty());
    private volatile @Nullable String closedReason;

    private final AtomicInteger entriesInFlight = new AtomicInteger();

    /** Entries appended here whose fate isn't known, in the order of appending; guarded by itself. */
    private final List<Batch> unresolved = new ArrayList<>();

    private volatile long progressNanos;

    /** What {@link #progress} saw last of the queue: entries proposed, and when it was empty or they grew. */
    private long proposedSeen;

    private long queueMovedNanos;

    /** Why no entry can be sealed any more; null if it can. */
    private volatile @Nullable String failure;

    /** How often sealing was asked for since the thread that seals looked. */
    private final AtomicInteger sealsAsked = new AtomicInteger();

    // Used by the thread that seals.
    private final EntryEncoder encoder = new EntryEncoder();
    /** Those of the commands in the encoder; null behind them. */
    private final @Nullable Completion[] completions;

    Batcher(GroupClock clock, EntryLog log, BatchLimits limits, GroupCounters counters) {
        this.clock = clock;
        this.log = log;
        this.limits = limits;
        this.counters = counters;
        this.queue = new CommandQueue(limits.queuedCommandsMax(), notLeader);
        this.completions = new Completion[limits.commandsMax()];
        this.progressNanos = clock.monotonicNanos();
        this.queueMovedNanos = progressNanos;
        this.drainRate = new DrainRate(progressNanos);
    }

    void submit(Submission submission) {
        EntryCodec.check(submission.command());
        if (submission.limits().size() > Command.CHARGES_MAX) {
            throw new IllegalArgumentException("a command has at most " + Command.CHARGES_MAX + " limits, not "
                    + submission.limits().size());
        }
        switch (queue.offer(submission)) {
            case ACCEPTED -> {}
            case REFUSED -> Batch.tell(submission.completion(), refusal());
            case FULL -> {
                counters.commandsOverloaded.increment();
                Batch.tell(submission.completion(), overloaded("queuedCommandsMax"));
                seal();
            }
        }
    }

    void flush() {
        if (!queue.isEmptyToMe() && entriesInFlight.get() < limits.entriesInFlightMax()) {
            seal();
        }
    }

    void leaderStarted(long newTerm) {
        synchronized (this) {
            if (closedReason != null) {
                return;
            }
            notLeader = new Failure.NotLeader(Optional.empty());
            term = newTerm;
            queue.refuse(null);
        }
        seal();
    }

    void leaderStopped(Optional<NodeId> leader) {
        synchronized (this) {
            if (closedReason != null) {
                return;
            }
            notLeader = new Failure.NotLeader(leader);
            queue.refuse(notLeader);
            term = NOT_LEADING;
        }
        seal();
    }

    synchronized void leaderIs(Optional<NodeId> leader) {
        if (closedReason == null && term == NOT_LEADING) {
            notLeader = new Failure.NotLeader(leader);
            queue.refuse(notLeader);
        }
    }

    /** Refuses what waits and comes, and gives up on what is in flight. */
    void close(String reason) {
        synchronized (this) {
            if (closedReason != null) {
                return;
            }
            queue.refuse(new Failure.NotReady(reason, DrainRate.RETRY_MILLIS_MAX));
            closedReason = reason;
            term = NOT_LEADING;
        }
        seal();
        abandonUnresolved(reason);
    }

    boolean isLeading() {
        return term != NOT_LEADING;
    }

    Failure notLeader() {
        return notLeader;
    }

    Failure overloaded(String limit) {
        return new Failure.Overloaded(limit, drainRate.retryAfterMillis(limits.queuedCommandsMax()));
    }

    GroupCounters counters() {
        return counters;
    }

    int queuedCommands() {
        return queue.count();
    }

    int entriesInFlight() {
        return entriesInFlight.get();
    }

    /** To be called again and again, by which it sees what doesn't move. */
    GroupProgress progress() {
        int queued = queue.count();
        synchronized (unresolved) {
            long nowNanos = clock.monotonicNanos();
            long proposed = counters.entriesProposed();
            if (queued == 0 || proposed != proposedSeen) {
                proposedSeen = proposed;
                queueMovedNanos = nowNanos;
            }
            long sinceNanos = unresolved.isEmpty() ? queueMovedNanos : progressNanos;
            long standstillMillis = Math.max(0, TimeUnit.NANOSECONDS.toMillis(nowNanos - sinceNanos));
            return new GroupProgress(queued, unresolved.size(), standstillMillis, Optional.ofNullable(failure));
        }
    }

    /** An entry of whichever leader was applied. */
    void progressed(int commands) {
        long nowNanos = clock.monotonicNanos();
        progressNanos = nowNanos;
        drainRate.drained(commands, nowNanos);
    }

    /** An entry of ours no longer takes the place of another. */
    void replicated() {
        entriesInFlight.decrementAndGet();
        seal();
    }

    /** An entry's fate is known. */
    void resolved(Batch batch) {
        synchronized (unresolved) {
            unresolved.remove(batch);
        }
        progressNanos = clock.monotonicNanos();
    }

    private void abandonUnresolved(String reason) {
        List<Batch> open;
        synchronized (unresolved) {
            open = List.copyOf(unresolved);
        }
        for (Batch batch : open) {
            batch.lost(EntryLog.Loss.UNKNOWN, reason);
        }
    }

    private Failure refusal() {
        Failure refusal = queue.refusal();
        return refusal == null ? notLeader : refusal;
    }

    private void seal() {
        if (sealsAsked.getAndIncrement() != 0) {
            return;
        }
        int answered = 1;
        boolean threw = true;
        try {
            do {
                sealAll();
                answered = sealsAsked.addAndGet(-answered);
            } while (answered != 0);
            threw = false;
        } finally {
            if (threw) {
                sealingFailed();
            }
        }
    }

    /**
     * Sealing threw: a fault of ours, after which nobody knows what is left where. The count of seals asked for
     * stays, so that nobody seals any more; so this thread answers all who wait, and the watchdog reports the group.
     */
    private void sealingFailed() {
        String reason = "an entry couldn't be sealed; the log says why";
        failure = reason;
        close(reason);
        Failure notReady = new Failure.NotReady(reason, DrainRate.RETRY_MILLIS_MAX);
        for (int i = 0; i < completions.length && completions[i] != null; i++) {
            Batch.tell(completions[i], notReady);
        }
        refuseQueued();
    }

    private void sealAll() {
        while (true) {
            long leadingTerm = term;
            if (leadingTerm == NOT_LEADING) {
                refuseQueued();
                return;
            }
            if (entriesInFlight.get() >= limits.entriesInFlightMax() || queue.peek() == null) {
                return;
            }
            append(leadingTerm);
        }
    }

    private void refuseQueued() {
        Failure refusal = queue.refusal();
        if (refusal == null) {
            return; // leading again by now: that asked for sealing too
        }
        for (Submission next = queue.peek(); next != null; next = queue.peek()) {
            queue.remove();
            Batch.tell(next.completion(), refusal);
        }
        queue.publish();
    }

    private void append(long leadingTerm) {
        long rulesVersion = fillEncoder();
        int count = encoder.commandCount();
        byte[] entry = encoder.finish(clock.nowMillis(), rulesVersion);
        Batch batch = new Batch(this, Arrays.copyOf(completions, count));
        counters.entriesProposed.increment();
        counters.commandsProposed.add(count);
        counters.bytesProposed.add(entry.length);
        entriesInFlight.incrementAndGet();
        synchronized (unresolved) {
            if (unresolved.isEmpty()) {
                progressNanos = clock.monotonicNanos();
            }
            unresolved.add(batch);
        }
        Arrays.fill(completions, 0, count, null); // from here on they are the batch's to answer
        Failpoint.BEFORE_PROPOSE.pass();
        log.append(entry, leadingTerm, batch);
        Failpoint.AFTER_PROPOSE.pass();
        String closed = closedReason;
        if (closed != null) {
            abandonUnresolved(closed);
        }
    }

    /**
     * Moves commands from the queue to the encoder, and gives the entry's rules version. An entry ends where
     * the rules version changes, so that no command is refused for another's older rules.
     */
    private long fillEncoder() {
        long rulesVersion = Submission.ANY_RULES;
        int count = 0;
        for (Submission next = queue.peek();
                next != null && count < limits.commandsMax();
                next = count < limits.commandsMax() ? queue.peek() : null) {
            long itsVersion = next.rulesVersion();
            if (itsVersion != Submission.ANY_RULES) {
                if (rulesVersion != Submission.ANY_RULES && rulesVersion != itsVersion) {
                    break;
                }
                rulesVersion = itsVersion;
            }
            int bytes = EntryCodec.sizeBytesMax(next.command());
            if (count > 0 && encoder.sizeBytes() + bytes > limits.bytesMax()) {
                break;
            }
            encoder.add(next.command(), next.limits());
            completions[count++] = next.completion();
            queue.remove();
        }
        queue.publish();
        return rulesVersion;
    }
}
