package io.quorate.chaos.check;

import io.quorate.chaos.dump.DumpReader;
import io.quorate.chaos.dump.LoggedEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The logs of all nodes against each other: S10 (the same entry at the same index, terms don't fall), S7 (every replica
 * has everything that was acknowledged) and S9 (the same state behind it).
 *
 * <p>An entry that only some have may be replaced, unless it was committed; so what differs above the last index that
 * any node called committed, or any answer named, is no violation.
 */
final class LogAgreement {
    /** What one node has of one group's log. */
    private static final class Extent {
        private long first = Long.MAX_VALUE;
        private long last;
        private long missing;
        private long lastTerm;
    }

    /** The first node's log of a group, by index; later ones are compared with it. */
    private static final class Reference {
        private final LongColumn digests = new LongColumn();
        private final LongColumn terms = new LongColumn();
        private final List<Boolean> known = new ArrayList<>();
    }

    private final Findings findings;
    private final Map<Integer, Long> committed;
    private final Map<String, Map<Integer, Extent>> extents = new TreeMap<>();
    private final Map<Integer, Reference> references = new HashMap<>();
    private final StateDigests digests;

    /** {@code committed} tells of each group up to which index entries certainly are. */
    LogAgreement(Findings findings, Map<Integer, Long> committed, StateDigests digests) {
        this.findings = findings;
        this.committed = committed;
        this.digests = digests;
    }

    /** Takes in a node's logs. */
    void add(String node, Recorded run) {
        Map<Integer, Extent> mine = new TreeMap<>();
        extents.put(node, mine);
        run.log(node, new DumpReader.Visitor() {
            @Override
            public void entry(LoggedEntry entry) {
                LogAgreement.this.entry(node, mine.computeIfAbsent(entry.group(), g -> new Extent()), entry);
            }

            @Override
            public void missing(int group, long from, long to) {
                mine.computeIfAbsent(group, g -> new Extent()).missing += to - from + 1;
            }
        });
    }

    private void entry(String node, Extent extent, LoggedEntry entry) {
        extent.first = Math.min(extent.first, entry.index());
        extent.last = entry.index();
        findings.checked(Invariant.S10, 1);
        if (entry.term() < extent.lastTerm) {
            findings.violated(
                    Invariant.S10,
                    "in the log of " + node + " the term falls from " + extent.lastTerm + " to " + entry.term()
                            + " at g" + entry.group() + " " + entry.index());
        }
        extent.lastTerm = entry.term();
        Reference reference = references.computeIfAbsent(entry.group(), g -> new Reference());
        while (reference.digests.size() < entry.index()) {
            reference.digests.add(0);
            reference.terms.add(0);
            reference.known.add(false);
        }
        int at = (int) entry.index();
        if (at == reference.digests.size()) {
            reference.digests.add(entry.digest());
            reference.terms.add(entry.term());
            reference.known.add(true);
        } else if (reference.known.get(at)
                && (reference.digests.get(at) != entry.digest() || reference.terms.get(at) != entry.term())
                && entry.index() <= committed.getOrDefault(entry.group(), 0L)) {
            findings.violated(
                    Invariant.S10,
                    "the log of " + node + " has another entry at g" + entry.group() + " " + entry.index()
                            + " than that of another node, and it was committed");
        }
        if (entry.state().isPresent()) {
            digests.add(
                    entry.group(), entry.index(), node + "'s log", entry.state().getAsLong());
        }
    }

    /** Every node's log reaches as far as what was acknowledged. */
    void end() {
        extents.forEach((node, groups) -> committed.forEach((group, index) -> {
            Extent extent = groups.get(group);
            long last = extent == null ? 0 : extent.last;
            findings.checked(Invariant.S7, 1);
            if (last < index) {
                findings.violated(
                        Invariant.S7,
                        "the log of " + node + " ends at g" + group + " " + last + ", though " + index
                                + " was committed");
            }
            if (extent != null && extent.missing > 0) {
                findings.note(
                        Invariant.S10,
                        node + " has no entries of " + extent.missing + " indexes of g" + group
                                + " (a snapshot came instead)");
            }
        }));
    }

    /** A node whose log of the group is whole, from the first entry on; empty if there is none. */
    Optional<String> whole(int group) {
        String best = "";
        long last = -1;
        for (Map.Entry<String, Map<Integer, Extent>> node : extents.entrySet()) {
            Extent extent = node.getValue().get(group);
            if (extent != null && extent.missing == 0 && extent.first == 1 && extent.last > last) {
                best = node.getKey();
                last = extent.last;
            }
        }
        return best.isEmpty() ? Optional.empty() : Optional.of(best);
    }
}
