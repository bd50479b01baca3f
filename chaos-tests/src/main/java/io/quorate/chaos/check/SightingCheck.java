package io.quorate.chaos.check;

import io.quorate.chaos.history.FaultRecord;
import io.quorate.chaos.history.HistoryVisitor;
import io.quorate.chaos.history.Operation;
import io.quorate.chaos.history.Sighting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What nodes said of their groups while the run went on: S10 (one leader in a term; what is committed stays so), S9
 * (digests) and L2 (how soon all are equal at the end).
 */
final class SightingCheck implements HistoryVisitor {
    private static final long CONVERGED_NANOS_MAX = 30_000_000_000L;

    private record Term(int group, long term) {}

    private record Replica(String node, int group) {}

    private final Findings findings;
    private final StateDigests digests;
    private final Map<Term, String> leaders = new HashMap<>();
    private final Map<Integer, Long> committed = new TreeMap<>();
    private final Map<Replica, Sighting> last = new HashMap<>();
    private final List<Sighting> falls = new ArrayList<>();
    private final Map<Sighting, Sighting> before = new HashMap<>();
    private final List<FaultRecord> faults = new ArrayList<>();
    private final Map<String, Map<Integer, Long>> givenUp = new HashMap<>();
    /** Of each node, since it last lost its data. */
    private final Map<String, Map<Integer, Long>> ownCommitted = new HashMap<>();

    private final List<GivenUp> losses = new ArrayList<>();
    private final Set<String> damaged = new HashSet<>();
    private boolean isFinal;
    private long finalFromNanos = Operation.NEVER;
    private final Map<Replica, Sighting> atTheEnd = new HashMap<>();
    private final Map<Integer, Long> convergedNanos = new TreeMap<>();

    SightingCheck(Findings findings, StateDigests digests) {
        this.findings = findings;
        this.digests = digests;
    }

    @Override
    public void note(String name, String value) {
        isFinal |= name.equals("phase") && value.equals("final");
        if (name.equals(GivenUp.NOTE)) {
            GivenUp log = GivenUp.parse(value);
            Map<Integer, Long> own = ownCommitted.remove(log.node());
            givenUp.put(log.name(), own == null ? Map.of() : Map.copyOf(own));
            losses.add(log);
        } else if (name.equals(GivenUp.DAMAGED_NOTE)) {
            damaged.add(value);
        }
    }

    /**
     * Logs that were given up in the course of the run, and up to where their node itself had called entries committed:
     * beyond that a log may end in entries that others replaced.
     */
    Map<String, Map<Integer, Long>> givenUp() {
        return givenUp;
    }

    /** Logs whose files were damaged on purpose, so that they may end too soon. */
    Set<String> damaged() {
        return damaged;
    }

    @Override
    public void fault(FaultRecord fault) {
        faults.add(fault);
    }

    @Override
    public void operation(Operation operation) {
        // A decision that was answered is committed.
        if (operation.isOk() && operation.answer().place().isKnown()) {
            committed.merge(
                    operation.answer().place().group(),
                    operation.answer().place().index(),
                    Math::max);
        }
    }

    @Override
    public void sighting(Sighting seen) {
        if (seen.role().equals("leader")) {
            findings.checked(Invariant.S10, 1);
            String other = leaders.putIfAbsent(new Term(seen.group(), seen.term()), seen.node());
            if (other != null && !other.equals(seen.node())) {
                findings.violated(
                        Invariant.S10,
                        "group " + seen.group() + " has two leaders in term " + seen.term() + ": " + other + " and "
                                + seen.node());
            }
        }
        committed.merge(seen.group(), seen.committedIndex(), Math::max);
        ownCommitted
                .computeIfAbsent(seen.node(), node -> new TreeMap<>())
                .merge(seen.group(), seen.committedIndex(), Math::max);
        digests.add(seen.group(), seen.appliedIndex(), seen.node(), seen.digest());
        Sighting previous = last.put(new Replica(seen.node(), seen.group()), seen);
        if (previous != null) {
            findings.checked(Invariant.S10, 1);
            if (seen.committedIndex() < previous.committedIndex() || seen.appliedIndex() < previous.appliedIndex()) {
                falls.add(seen);
                before.put(seen, previous);
            }
        }
        if (isFinal) {
            converging(seen);
        }
    }

    private void converging(Sighting seen) {
        finalFromNanos = Math.min(finalFromNanos, seen.askedNanos());
        atTheEnd.put(new Replica(seen.node(), seen.group()), seen);
        if (convergedNanos.containsKey(seen.group())) {
            return;
        }
        List<Sighting> replicas = new ArrayList<>();
        atTheEnd.forEach((replica, each) -> {
            if (replica.group() == seen.group()) {
                replicas.add(each);
            }
        });
        boolean all = replicas.size() == nodes(seen.group());
        for (Sighting each : replicas) {
            all &= each.appliedIndex() == seen.appliedIndex() && each.digest() == seen.digest();
        }
        if (all) {
            convergedNanos.put(seen.group(), seen.answeredNanos() - finalFromNanos);
        }
    }

    private long nodes(int group) {
        return last.keySet().stream().filter(r -> r.group() == group).count();
    }

    /** Up to which index each group's entries certainly are committed. */
    Map<Integer, Long> committed() {
        return committed;
    }

    List<FaultRecord> faults() {
        return faults;
    }

    /** The history is over: faults are known, and so whether a node may have restarted in between. */
    void end() {
        for (Sighting seen : falls) {
            Sighting previous = before.get(seen);
            if (previous != null && !touched(seen.node(), previous.askedNanos(), seen.answeredNanos())) {
                findings.violated(
                        Invariant.S10,
                        "what " + seen.node() + " has of group " + seen.group() + " goes back from "
                                + previous.committedIndex() + " committed, " + previous.appliedIndex() + " applied to "
                                + seen.committedIndex() + " and " + seen.appliedIndex() + ", and it wasn't restarted");
            }
        }
        if (!isFinal) {
            findings.note(Invariant.L2, "the run has no final phase");
            return;
        }
        for (int group : committed.keySet()) {
            findings.checked(Invariant.L2, 1);
            Long took = convergedNanos.get(group);
            if (took == null || took > CONVERGED_NANOS_MAX) {
                findings.violated(
                        Invariant.L2,
                        "the replicas of group " + group
                                + (took == null ? " weren't equal at the end" : " took " + took / 1_000_000 + " ms"));
            }
        }
        findings.note(
                Invariant.L2,
                "slowest "
                        + convergedNanos.values().stream()
                                .mapToLong(n -> n / 1_000_000)
                                .max()
                                .orElse(0) + " ms");
    }

    private boolean touched(String node, long fromNanos, long toNanos) {
        for (FaultRecord fault : faults) {
            boolean concerns = fault.nodes().isEmpty() || fault.nodes().contains(node);
            if (concerns && fault.startedNanos() <= toNanos && fault.stoppedNanos() >= fromNanos) {
                return true;
            }
        }
        return losses.stream()
                .anyMatch(loss -> loss.node().equals(node) && loss.nanos() >= fromNanos && loss.nanos() <= toNanos);
    }
}
