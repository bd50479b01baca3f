package io.quorate.raft.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Log time over random schedules of leaders, delays, restarts and wall clocks that jump (invariant S5): it
 * never goes back, and from stamp to stamp it never advances by more than true time did and the clocks' rates
 * differ, whoever leads and whatever it knew; nor does it stand still over a stop of all. -Dseed= repeats a run.
 */
class LogTimePropertiesTest {
    private static final int RUNS = 300;
    private static final int STEPS = 400;
    private static final int NODES = 3;
    private static final String BOOT = "one life of the machine";
    private static final long START_MILLIS = 1_750_000_000_000L;
    private static final int WALL_ERROR_MILLIS_MAX = 3_600_000;
    private static final int DRIFT_PPM_MAX = 200;
    /** A leader may be fast and slew forward. An estimate of its time is never ahead of it. */
    private static final long RATE_PPM_MAX = DRIFT_PPM_MAX + 1_000_000 / GroupClock.SLEW_DIVISOR;
    /** Stamps are cut to milliseconds, and bases with them. */
    private static final long SLACK_MILLIS = 2;

    @Test
    void logTimeNeverGoesBackNorAheadOfTrueTime() {
        long seed = Long.getLong("seed", System.nanoTime());
        long cold = 0;
        long stopMillis = 0;
        long lagMillis = 0;
        for (int run = 0; run < RUNS; run++) {
            Schedule schedule = new Schedule(seed, run);
            schedule.play();
            cold += schedule.coldElections;
            stopMillis += schedule.stopMillis;
            lagMillis += schedule.lagMillis();
        }
        assertThat(cold)
                .as("elections of nodes that had heard of no leader since their start, seed %d", seed)
                .isGreaterThan(RUNS);
        assertThat(lagMillis)
                .as("log time behind true time, of %d ms for which all were down, seed %d", stopMillis, seed)
                .isLessThan(stopMillis / 2);
    }

    /** A stamp in the shared log. */
    private record Stamp(int term, long logTimeMillis) {}

    /** One run: a shared log, and nodes of which one at a time leads. */
    private static final class Schedule {
        private final String name;
        private final Random random;
        private final FakeTime time = new FakeTime();
        private final List<Stamp> log = new ArrayList<>();
        private final FakeTime.Node[] nodes = new FakeTime.Node[NODES];
        private final GroupClock[] clocks = new GroupClock[NODES];
        private final int[] applied = new int[NODES];
        /** Entries that a node had on its disk when it started; they are replayed. */
        private final int[] onDisk = new int[NODES];
        /** Whether a node has heard of a leader's time since it started. */
        private final boolean[] warmed = new boolean[NODES];
        /** What each node left on its disk last. */
        private final List<Optional<ClockMark>> marks = new ArrayList<>();

        private int term;
        private int leader = -1;
        private int coldElections;
        private long stopMillis;
        /** The last stamp, and the true time at it; and the first. */
        private long lastLogMillis = -1;

        private long lastTrueMillis;
        private long firstLogMillis;
        private long firstTrueMillis;

        Schedule(long seed, int run) {
            this.name = "seed " + seed + ", run " + run;
            this.random = new Random(seed * 31 + run);
            time.advanceMillis(START_MILLIS);
            for (int i = 0; i < NODES; i++) {
                nodes[i] = time.node(random.nextInt() * 1_000_000L, random.nextInt(2 * DRIFT_PPM_MAX) - DRIFT_PPM_MAX);
                clocks[i] = nodes[i].clock();
                marks.add(Optional.empty());
            }
        }

        void play() {
            for (int step = 0; step < STEPS; step++) {
                time.advanceNanos(random.nextInt(random.nextInt(20) == 0 ? 1_500_000_000 : 20_000_000));
                int node = random.nextInt(NODES);
                switch (random.nextInt(25)) {
                    case 0, 1 -> elect(node);
                    case 2 ->
                        nodes[node].wallErrorMillis(random.nextInt(2 * WALL_ERROR_MILLIS_MAX) - WALL_ERROR_MILLIS_MAX);
                    case 3 -> restart(node);
                    case 4 -> {
                        if (random.nextInt(20) == 0) {
                            stopAll();
                        }
                    }
                    case 5 -> marks.set(node, clocks[node].mark(BOOT).or(() -> marks.get(node)));
                    case 6, 7, 8, 9, 10, 11, 12 -> replicate(node, 1 + random.nextInt(8));
                    default -> propose();
                }
            }
        }

        /** An elected node has the whole log, and applies it before it issues. */
        private void elect(int node) {
            if (leader >= 0) {
                clocks[leader].leaderStopped();
            }
            leader = node;
            term++;
            replicate(node, log.size());
            clocks[node].leaderStarted(term);
            coldElections += warmed[node] || log.isEmpty() ? 0 : 1;
            warmed[node] = true;
        }

        private void propose() {
            if (leader < 0) {
                return;
            }
            long stamp = clocks[leader].nowMillis();
            if (log.isEmpty()) {
                firstLogMillis = stamp;
                firstTrueMillis = time.trueMillis();
            } else {
                assertThat(stamp)
                        .as("%s: entry %d, term %d", name, log.size(), term)
                        .isBetween(lastLogMillis, boundMillis());
            }
            lastLogMillis = stamp;
            lastTrueMillis = time.trueMillis();
            log.add(new Stamp(term, stamp));
            replicate(leader, log.size());
        }

        private long boundMillis() {
            long elapsed = time.trueMillis() - lastTrueMillis;
            return lastLogMillis + elapsed + elapsed * RATE_PPM_MAX / 1_000_000 + SLACK_MILLIS;
        }

        /** By how much less log time advanced than true time did, at the last stamp. */
        private long lagMillis() {
            return log.isEmpty() ? 0 : lastTrueMillis - firstTrueMillis - (lastLogMillis - firstLogMillis);
        }

        private void replicate(int node, int countMax) {
            for (int i = 0; i < countMax && applied[node] < log.size(); i++) {
                int index = applied[node]++;
                Stamp stamp = log.get(index);
                boolean live = stamp.term() == term && index >= onDisk[node];
                clocks[node].observed(stamp.logTimeMillis(), stamp.term(), live);
                warmed[node] |= live;
            }
        }

        /** A node comes back with its log and an older state, and no idea of the time since. */
        private void restart(int node) {
            if (leader == node) {
                leader = -1;
            }
            clocks[node] = nodes[node].clock();
            onDisk[node] = applied[node];
            applied[node] = random.nextInt(applied[node] + 1);
            if (applied[node] > 0) {
                Stamp last = log.get(applied[node] - 1);
                clocks[node].observed(last.logTimeMillis(), last.term(), false);
            }
            marks.get(node).ifPresent(mark -> clocks[node].resume(mark, BOOT));
            warmed[node] = false;
        }

        /** All stop; three times of four after a quiet second, so that their marks are of this term. */
        private void stopAll() {
            boolean quiet = random.nextInt(4) > 0;
            for (int i = 0; quiet && i < NODES; i++) {
                replicate(i, log.size());
                marks.set(i, clocks[i].mark(BOOT));
            }
            long millis = random.nextInt(600_000);
            stopMillis += millis;
            time.advanceMillis(millis);
            for (int i = 0; i < NODES; i++) {
                restart(i);
            }
        }
    }
}
