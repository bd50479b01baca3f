package io.quorate.raft.apply;

import io.quorate.core.lease.LeaseFlow;
import java.util.concurrent.atomic.LongAdder;

/** What a group did on this node since it started, for metrics. Thread-safe; each count only grows. */
public final class GroupCounters {
    final LongAdder entriesProposed = new LongAdder();
    final LongAdder commandsProposed = new LongAdder();
    final LongAdder bytesProposed = new LongAdder();
    final LongAdder entriesLost = new LongAdder();
    final LongAdder entriesApplied = new LongAdder();
    final LongAdder commandsApplied = new LongAdder();
    final LongAdder applyNanos = new LongAdder();
    final LongAdder entriesSkipped = new LongAdder();
    final LongAdder commandsOverloaded = new LongAdder();
    final LongAdder sweepsProposed = new LongAdder();
    /** Written by the thread that applies entries. */
    private volatile LeaseFlow leases = LeaseFlow.NONE;

    GroupCounters() {}

    /** Entries appended to the log here. */
    public long entriesProposed() {
        return entriesProposed.sum();
    }

    /** Commands in entries appended here; over {@link #entriesProposed} it is the mean size of a batch. */
    public long commandsProposed() {
        return commandsProposed.sum();
    }

    /** Bytes of entries appended here. */
    public long bytesProposed() {
        return bytesProposed.sum();
    }

    /** Entries appended here that won't be applied with an answer from here. */
    public long entriesLost() {
        return entriesLost.sum();
    }

    /** Entries applied, of whichever leader. */
    public long entriesApplied() {
        return entriesApplied.sum();
    }

    /** Commands applied, of whichever leader. */
    public long commandsApplied() {
        return commandsApplied.sum();
    }

    /** Time spent in decoding, deciding and committing entries; nanoseconds. */
    public long applyNanos() {
        return applyNanos.sum();
    }

    /** Entries skipped because the state had them already, after a restart. */
    public long entriesSkipped() {
        return entriesSkipped.sum();
    }

    /** Commands refused because the queue was full. */
    public long commandsOverloaded() {
        return commandsOverloaded.sum();
    }

    /** Where leased tokens went, by entries appended here: so no two nodes count the same. */
    public LeaseFlow leases() {
        return leases;
    }

    /** Called by one thread at a time. */
    void flowed(LeaseFlow flow) {
        leases = leases.plus(flow);
    }

    /** Sweeps of fresh counters and expired sessions proposed here. */
    public long sweepsProposed() {
        return sweepsProposed.sum();
    }
}
