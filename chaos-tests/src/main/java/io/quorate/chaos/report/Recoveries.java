package io.quorate.chaos.report;

import io.quorate.chaos.history.FaultRecord;
import io.quorate.chaos.history.HistoryVisitor;
import io.quorate.chaos.history.Operation;
import io.quorate.chaos.history.Sighting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * L1: from the kill of a leader to the next decision of its group that was asked for after it, as clients saw it.
 *
 * <p>Two passes: {@link #leaders} first, and the decisions then.
 */
final class Recoveries {
    private static final long SEEN_BEFORE_NANOS_MAX = 2_000_000_000L;
    private static final long RECOVERY_NANOS_MAX = 120_000_000_000L;

    /** A group that lost its leader. */
    static final class Loss {
        private final FaultRecord kill;
        private final int group;
        private long nextNanos = Operation.NEVER;

        Loss(FaultRecord kill, int group) {
            this.kill = kill;
            this.group = group;
        }

        FaultRecord kill() {
            return kill;
        }

        int group() {
            return group;
        }

        boolean isOver() {
            return nextNanos != Operation.NEVER;
        }

        long tookMillis() {
            return (nextNanos - kill.startedNanos()) / 1_000_000;
        }
    }

    private final List<Sighting> led = new ArrayList<>();
    private final List<FaultRecord> kills = new ArrayList<>();
    private final List<Loss> losses = new ArrayList<>();

    /** The first pass. */
    HistoryVisitor leaders() {
        return new HistoryVisitor() {
            @Override
            public void sighting(Sighting sighting) {
                if (sighting.role().equals("leader")) {
                    led.add(sighting);
                }
            }

            @Override
            public void fault(FaultRecord fault) {
                if (fault.kind().contains("kill") || fault.kind().contains("power")) {
                    kills.add(fault);
                }
            }
        };
    }

    /** The second pass. */
    HistoryVisitor decisions() {
        for (FaultRecord kill : kills) {
            Map<Integer, Sighting> leaders = new TreeMap<>();
            for (Sighting seen : led) {
                boolean before = seen.answeredNanos() <= kill.startedNanos()
                        && seen.answeredNanos() > kill.startedNanos() - SEEN_BEFORE_NANOS_MAX;
                Sighting known = leaders.get(seen.group());
                if (before && (known == null || known.term() <= seen.term())) {
                    leaders.put(seen.group(), seen);
                }
            }
            leaders.forEach((group, leader) -> {
                if (group > 0 && kill.nodes().contains(leader.node())) {
                    losses.add(new Loss(kill, group));
                }
            });
        }
        return new HistoryVisitor() {
            @Override
            public void operation(Operation operation) {
                if (!operation.isOk() || !operation.answer().place().isKnown()) {
                    return;
                }
                int group = operation.answer().place().group();
                for (Loss loss : losses) {
                    long since = operation.invokedNanos() - loss.kill.startedNanos();
                    if (loss.group == group && since >= 0 && since < RECOVERY_NANOS_MAX) {
                        loss.nextNanos =
                                Math.min(loss.nextNanos, operation.answer().returnedNanos());
                    }
                }
            }
        };
    }

    List<Loss> losses() {
        return losses;
    }

    /** By group; group 0 stands for all together. */
    TreeMap<Integer, Recovery> summaries() {
        TreeMap<Integer, Recovery> summaries = new TreeMap<>();
        TreeMap<Integer, List<Long>> times = new TreeMap<>();
        TreeMap<Integer, Integer> open = new TreeMap<>();
        for (Loss loss : losses) {
            for (int group : new int[] {0, loss.group}) {
                List<Long> of = times.computeIfAbsent(group, g -> new ArrayList<>());
                if (loss.isOver()) {
                    of.add(loss.tookMillis());
                } else {
                    open.merge(group, 1, Integer::sum);
                }
            }
        }
        times.forEach((group, of) -> {
            Collections.sort(of);
            int never = open.getOrDefault(group, 0);
            summaries.put(group, new Recovery(of.size() + never, at(of, 0.5), at(of, 0.99), at(of, 1), never));
        });
        return summaries;
    }

    private static long at(List<Long> sorted, double share) {
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.max(0, Math.ceil(share * sorted.size()) - 1));
    }
}
