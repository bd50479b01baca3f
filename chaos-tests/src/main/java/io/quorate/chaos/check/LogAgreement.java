package io.quorate.chaos.check;

import io.quorate.chaos.dump.LoggedEntries;
import io.quorate.chaos.dump.LoggedEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The logs of all nodes beside each other: S10 (the same entry at the same index, terms don't fall), S7 (every replica
 * has everything that was acknowledged) and S9 (the same state behind it). From all of them it makes the one log that
 * was committed: a node that was down lacks what a snapshot told it later, and another has that.
 *
 * <p>A log that its node gave up when it lost its data is read as far as its node had called entries committed:
 * what stood behind that may have been replaced without it. One that was damaged on purpose may end too soon.
 *
 * <p>A log that goes on behind a gap was cut by a snapshot there. Nodes of a run keep what a snapshot cuts off, so the
 * entries before the gap may be some that others had replaced: where they differ ({@link LooseEnds}), the others hold.
 *
 * <p>An entry that only some have may be replaced, unless it was committed; so what differs above the last index that
 * any node called committed, or any answer named, is no violation, and isn't shown.
 */
final class LogAgreement {
    /** One node's logs, read up to one entry. */
    private static final class Reading {
        private final String node;
        private final LoggedEntries entries;
        /** By group, how far it is read; null if it is a log to its end. */
        private final @Nullable Map<Integer, Long> until;

        private final LooseEnds looseEnds;
        private @Nullable LoggedEntry head;
        private int group = -1;
        private long lastIndex;
        private long lastTerm;
        private final Map<Integer, Long> ends = new TreeMap<>();
        private final Map<Integer, Long> missing = new TreeMap<>();

        Reading(String node, LoggedEntries entries, LooseEnds looseEnds, @Nullable Map<Integer, Long> until) {
            this.node = node;
            this.looseEnds = looseEnds;
            this.entries = entries;
            this.until = until;
            this.head = next();
        }

        private @Nullable LoggedEntry next() {
            LoggedEntry next = entries.next();
            while (next != null && until != null && next.index() > until.getOrDefault(next.group(), 0L)) {
                next = entries.next();
            }
            return next;
        }

        boolean isAt(LoggedEntry entry) {
            return head != null && head.group() == entry.group() && head.index() == entry.index();
        }

        /** Whether the entry it is at may have been replaced, and the node told so by a snapshot alone. */
        boolean isLoose() {
            return head != null && looseEnds.has(head.group(), head.index());
        }

        /** Goes to the next entry, and gives the one before. */
        @Nullable
        LoggedEntry step() {
            LoggedEntry entry = head;
            if (entry != null) {
                if (entry.group() != group) {
                    group = entry.group();
                    lastIndex = 0;
                    lastTerm = 0;
                }
                if (entry.index() != lastIndex + 1) {
                    missing.merge(group, entry.index() - lastIndex - 1, Long::sum);
                }
                lastIndex = entry.index();
                ends.put(group, lastIndex);
                head = next();
            }
            return entry;
        }
    }

    private final Findings findings;
    /** Of each group, up to which index entries certainly are committed. */
    private final Map<Integer, Long> committed;

    private final Map<String, Map<Integer, Long>> givenUp;
    private final Set<String> damaged;
    private final StateDigests digests;

    /** {@code seen} has seen the whole history. */
    LogAgreement(Findings findings, SightingCheck seen, StateDigests digests) {
        this.findings = findings;
        this.committed = seen.committed();
        this.givenUp = seen.givenUp();
        this.damaged = seen.damaged();
        this.digests = digests;
    }

    /**
     * Compares all logs, and shows each committed entry once, group after group, in order.
     *
     * @throws IllegalStateException if some entry is in no log any more
     */
    void read(Recorded run, Consumer<LoggedEntry> committedLog) {
        List<Reading> readings = new ArrayList<>();
        try {
            for (String node : run.nodes()) {
                readings.add(new Reading(node, run.log(node), LooseEnds.of(run, node), givenUp.get(node)));
            }
            int group = -1;
            long last = 0;
            for (LoggedEntry next = first(readings); next != null; next = first(readings)) {
                last = next.group() == group ? last : 0;
                group = next.group();
                compare(readings, next);
                if (next.index() <= committed(group)) {
                    if (next.index() != last + 1) {
                        throw new IllegalStateException("no node has the entries of group " + group + " from "
                                + (last + 1) + " to " + (next.index() - 1)
                                + "; run the nodes with raft.keep-log: true");
                    }
                    last = next.index();
                    committedLog.accept(next);
                }
            }
            readings.forEach(this::end);
        } finally {
            readings.forEach(reading -> reading.entries.close());
        }
    }

    private long committed(int group) {
        return committed.getOrDefault(group, 0L);
    }

    /** The least entry that any log is at; of one place, from a log in which it stands firm, if there is one. */
    private static @Nullable LoggedEntry first(List<Reading> readings) {
        LoggedEntry first = null;
        boolean loose = false;
        for (Reading reading : readings) {
            LoggedEntry head = reading.head;
            if (head == null) {
                continue;
            }
            int order = first == null ? -1 : Integer.compare(head.group(), first.group());
            if (first != null && order == 0) {
                order = Long.compare(head.index(), first.index());
            }
            if (order < 0 || order == 0 && loose && !reading.isLoose()) {
                first = head;
                loose = reading.isLoose();
            }
        }
        return first;
    }

    private void compare(List<Reading> readings, LoggedEntry first) {
        for (Reading reading : readings) {
            boolean loose = reading.isLoose();
            LoggedEntry entry = reading.isAt(first) ? reading.step() : null;
            if (entry == null) {
                continue;
            }
            findings.checked(Invariant.S10, 1);
            if (entry.term() < reading.lastTerm) {
                findings.violated(
                        Invariant.S10,
                        "in the log of " + reading.node + " the term falls from " + reading.lastTerm + " to "
                                + entry.term() + " at " + place(entry));
            }
            reading.lastTerm = entry.term();
            boolean same = entry.digest() == first.digest() && entry.term() == first.term();
            if (!same && loose) {
                continue;
            }
            if (!same && entry.index() <= committed(entry.group())) {
                findings.violated(
                        Invariant.S10,
                        "the log of " + reading.node + " has another entry at " + place(entry)
                                + " than that of another node, and it was committed");
            }
            if (entry.state().isPresent()) {
                digests.add(
                        entry.group(),
                        entry.index(),
                        reading.node + "'s log",
                        entry.state().getAsLong());
            }
        }
    }

    private static String place(LoggedEntry entry) {
        return "g" + entry.group() + " " + entry.index();
    }

    /** A node's log reaches as far as what was acknowledged. */
    private void end(Reading reading) {
        if (reading.until != null) {
            return;
        }
        if (damaged.contains(reading.node)) {
            findings.note(Invariant.S7, "the log of " + reading.node + " was damaged on purpose, and may end too soon");
            return;
        }
        committed.forEach((group, index) -> {
            long last = reading.ends.getOrDefault(group, 0L);
            findings.checked(Invariant.S7, 1);
            if (last < index) {
                findings.violated(
                        Invariant.S7,
                        "the log of " + reading.node + " ends at g" + group + " " + last + ", though " + index
                                + " was committed");
            }
        });
        long missing =
                reading.missing.values().stream().mapToLong(Long::longValue).sum();
        if (missing > 0) {
            findings.note(
                    Invariant.S10, reading.node + " lacks " + missing + " entries (a snapshot told it their effect)");
        }
    }
}
