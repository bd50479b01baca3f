package io.quorate.raft.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Log time over random schedules of leaders, delays, restarts and wall clocks that jump (invariant S5): it
 * never goes back, and never gets ahead of true time by more than the clocks' rate errors, except by the wall
 * clock's error when a node leads that has heard of no leader since it started. -Dseed= repeats a run.
 */
class LogTimePropertiesTest {
    private static final int RUNS = 300;
    private static final int STEPS = 400;
    private static final int NODES = 3;
    private static final long START_MILLIS = 1_750_000_000_000L;
    private static final int WALL_ERROR_MILLIS_MAX = 3_600_000;
    private static final int DRIFT_PPM_MAX = 200;
    /** A leader may be fast and slew forward, and the one that estimated it may be fast too. */
    private static final long RATE_PPM_MAX = 2 * DRIFT_PPM_MAX + 1_000_000 / GroupClock.SLEW_DIVISOR;
    /** Stamps are cut to milliseconds, and bases with them. */
    private static final long SLACK_MILLIS = 2;

    @Test
    void logTimeNeverGoesBackNorAheadOfTrueTime() {
        long seed = Long.getLong("seed", System.nanoTime());
        long warm = 0;
        for (int run = 0; run < RUNS; run++) {
            Schedule schedule = new Schedule(seed, run);
            schedule.play();
            warm += schedule.warmElections;
        }
        assertThat(warm)
                .as("elections of nodes that had heard of a leader, seed %d", seed)
                .isGreaterThan(RUNS);
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

        private int term;
        private int leader = -1;
        private int warmElections;
        /** Log time may not run ahead of this moment's by more than the rate error. */
        private long baseLogMillis = -1;

        private long baseTrueMillis;

        Schedule(long seed, int run) {
            this.name = "seed " + seed + ", run " + run;
            this.random = new Random(seed * 31 + run);
            time.advanceMillis(START_MILLIS);
            for (int i = 0; i < NODES; i++) {
                nodes[i] = time.node(random.nextInt() * 1_000_000L, random.nextInt(2 * DRIFT_PPM_MAX) - DRIFT_PPM_MAX);
                clocks[i] = nodes[i].clock();
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
                    case 5, 6, 7, 8, 9, 10, 11, 12 -> replicate(node, 1 + random.nextInt(8));
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
            clocks[node].leaderStarted();
            long now = clocks[node].nowMillis();
            if (warmed[node]) {
                warmElections++;
                assertThat(now).as("%s: first stamp of term %d", name, term).isLessThanOrEqualTo(boundMillis());
            } else {
                assertThat(now)
                        .as("%s: first stamp of term %d, cold", name, term)
                        .isEqualTo(Math.max(nodes[node].wallMillis(), lastMillis()));
                if (baseLogMillis < 0 || now > boundMillis()) {
                    baseLogMillis = now;
                    baseTrueMillis = time.trueMillis();
                }
            }
            warmed[node] = true;
        }

        private void propose() {
            if (leader < 0) {
                return;
            }
            long stamp = clocks[leader].nowMillis();
            assertThat(stamp)
                    .as("%s: entry %d, term %d", name, log.size(), term)
                    .isGreaterThanOrEqualTo(lastMillis())
                    .isLessThanOrEqualTo(boundMillis());
            log.add(new Stamp(term, stamp));
            replicate(leader, log.size());
        }

        private long lastMillis() {
            return log.isEmpty() ? 0 : log.get(log.size() - 1).logTimeMillis();
        }

        private long boundMillis() {
            long elapsed = time.trueMillis() - baseTrueMillis;
            return baseLogMillis + elapsed + elapsed * RATE_PPM_MAX / 1_000_000 + SLACK_MILLIS;
        }

        private void replicate(int node, int countMax) {
            for (int i = 0; i < countMax && applied[node] < log.size(); i++) {
                int index = applied[node]++;
                Stamp stamp = log.get(index);
                boolean live = stamp.term() == term && index >= onDisk[node];
                clocks[node].observed(stamp.logTimeMillis(), live);
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
                clocks[node].observed(log.get(applied[node] - 1).logTimeMillis(), false);
            }
            warmed[node] = false;
        }

        private void stopAll() {
            time.advanceMillis(random.nextInt(600_000));
            for (int i = 0; i < NODES; i++) {
                restart(i);
            }
        }
    }
}
