package io.quorate.client.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.testing.Tries;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every token is spent once, returned once, or lost with its tranche; by one thread and by many. */
class TrancheTest {
    private static final long DEADLINE = 1000;

    private static boolean spend(Tranche tranche, long now, long cost) {
        return tranche.spend(now, cost) || tranche.spendSlowly(now, cost);
    }

    @Test
    void spendsExactlyWhatItHas() {
        for (boolean contended : new boolean[] {false, true}) {
            Tranche tranche = new Tranche(100, DEADLINE, DEADLINE, contended);
            for (int i = 0; i < 100; i++) {
                assertThat(spend(tranche, 0, 1)).isTrue();
            }
            assertThat(spend(tranche, 0, 1)).isFalse();
            assertThat(tranche.harvest()).isEqualTo(100);
            assertThat(tranche.harvest()).isZero();
        }
    }

    @Test
    void spendsCostsOfAnySizeAllOrNothing() {
        Tranche tranche = new Tranche(1_000_000_000_000L, DEADLINE, DEADLINE, false);
        assertThat(spend(tranche, 0, 1_000_000_000L)).isTrue();
        assertThat(spend(tranche, 0, 33)).isTrue();
        assertThat(spend(tranche, 0, 1)).isTrue();
        assertThat(tranche.unharvested()).isEqualTo(1_000_000_034L);
        assertThat(spend(tranche, 0, 1_000_000_000_000L)).isFalse();
        assertThat(tranche.visible()).isEqualTo(1_000_000_000_000L - 1_000_000_034L);
    }

    @Test
    void slicesAreSmallAndASmallPoolIsNotStranded() {
        Tranche large = new Tranche(10_000, DEADLINE, DEADLINE, false);
        assertThat(spend(large, 0, 1)).isTrue();
        assertThat(large.pool()).isEqualTo(10_000 - 64);
        Tranche small = new Tranche(64, DEADLINE, DEADLINE, false);
        assertThat(spend(small, 0, 1)).isTrue();
        assertThat(small.pool()).isEqualTo(62);
    }

    @Test
    void spendsNothingFromTheDeadlineOn() {
        Tranche tranche = new Tranche(100, DEADLINE, DEADLINE, false);
        assertThat(spend(tranche, DEADLINE - 1, 1)).isTrue();
        assertThat(spend(tranche, DEADLINE, 1)).isFalse();
        tranche.extend(0, DEADLINE + 10, DEADLINE + 10);
        assertThat(spend(tranche, DEADLINE, 1)).isTrue();
    }

    @Test
    void aThreadThatKnowsOnlyAnOldTimeSpendsOneStartedSliceAtMost() {
        Tranche tranche = new Tranche(10_000, DEADLINE, DEADLINE, false);
        assertThat(spend(tranche, 0, 1)).isTrue();
        // The coarse clock stands still before the deadline; the exact one is past it.
        int spent = 0;
        while (tranche.spend(0, 1) || tranche.spendSlowly(DEADLINE + 1, 1)) {
            spent++;
        }
        assertThat(spent).isEqualTo(63);
    }

    @Test
    void nearItsEndNothingIsSpentByAnOldTime() {
        Tranche tranche = new Tranche(10_000, DEADLINE - 100, DEADLINE, false);
        assertThat(spend(tranche, 0, 1)).isTrue();
        // The coarse clock stands still at a time that knows that the end is near.
        assertThat(tranche.spend(DEADLINE - 100, 1)).isFalse();
        assertThat(tranche.spendSlowly(DEADLINE - 1, 1)).isTrue();
        assertThat(tranche.spendSlowly(DEADLINE, 1)).isFalse();
        assertThat(tranche.contended()).as("nobody met anybody").isFalse();
        assertThat(tranche.unharvested()).isEqualTo(2);
    }

    @Test
    void aClosedTrancheIsOverForGood() {
        Tranche tranche = new Tranche(100, DEADLINE, DEADLINE, false);
        assertThat(spend(tranche, 0, 3)).isTrue();
        assertThat(tranche.close()).isEqualTo(3);
        assertThat(spend(tranche, 0, 1)).isFalse();
        assertThat(tranche.unspend(3)).isFalse();
        tranche.extend(50, DEADLINE, DEADLINE);
        assertThat(spend(tranche, 0, 1)).isFalse();
        assertThat(tranche.close()).isZero();
    }

    @Test
    void aRollBackRevivesOnlyWhatNoReportCounted() {
        Tranche tranche = new Tranche(10, DEADLINE, DEADLINE, false);
        assertThat(spend(tranche, 0, 4)).isTrue();
        assertThat(tranche.unspend(4)).isTrue();
        assertThat(tranche.unharvested()).isZero();
        assertThat(spend(tranche, 0, 4)).isTrue();
        assertThat(tranche.harvest()).isEqualTo(4);
        assertThat(tranche.unspend(4)).isFalse();
        assertThat(tranche.visible()).isEqualTo(6);
    }

    @Test
    void aRollBackOfALargeCostGoesToThePool() {
        Tranche tranche = new Tranche(100_000_000L, DEADLINE, DEADLINE, false);
        assertThat(spend(tranche, 0, 50_000_000L)).isTrue();
        assertThat(tranche.unspend(50_000_000L)).isTrue();
        assertThat(tranche.visible()).isEqualTo(100_000_000L);
        assertThat(tranche.unharvested()).isZero();
    }

    @Test
    void tokensInAnotherThreadsStripeAreFoundBeforeARefusal() throws InterruptedException {
        Tranche tranche = new Tranche(2_000, DEADLINE, DEADLINE, true);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> assertThat(spend(tranche, 0, 1)).isTrue());
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long left = 2_000 - 8;
        assertThat(tranche.pool()).isLessThan(left); // some is in stripes of threads that are gone
        assertThat(spend(tranche, 0, left)).isTrue();
        assertThat(tranche.visible()).isZero();
    }

    @Test
    void withdrawsFromPoolAndStripes() {
        Tranche tranche = new Tranche(320, DEADLINE, DEADLINE, false);
        assertThat(spend(tranche, 0, 1)).isTrue();
        assertThat(tranche.withdraw(300)).isEqualTo(300);
        assertThat(tranche.withdraw(300)).isEqualTo(19);
        assertThat(tranche.withdraw(300)).isZero();
        assertThat(spend(tranche, 0, 1)).isFalse();
    }

    /** One thread's operations in any order, against plain numbers. */
    @Test
    void anyOrderOfOperationsKeepsTheSum() {
        Tries.run("tranche", 2_000, random -> {
            long granted = random.nextInt(200);
            Tranche tranche = new Tranche(granted, DEADLINE, DEADLINE, random.nextBoolean());
            long given = 0;
            long reported = 0;
            long withdrawn = 0;
            for (int step = 0; step < 60; step++) {
                long cost = 1 + random.nextInt(random.nextInt(10) == 0 ? 60 : 4);
                switch (random.nextInt(6)) {
                    case 0, 1, 2 -> {
                        boolean has = granted - given - withdrawn >= cost;
                        assertThat(spend(tranche, 0, cost)).isEqualTo(has);
                        if (has) {
                            given += cost;
                            if (random.nextInt(3) == 0) {
                                assertThat(tranche.unspend(cost)).isTrue();
                                given -= cost;
                            }
                        }
                    }
                    case 3 -> {
                        reported += tranche.harvest();
                        assertThat(reported).isEqualTo(given);
                    }
                    case 4 -> withdrawn += tranche.withdraw(cost);
                    default -> {
                        tranche.extend(cost, DEADLINE, DEADLINE);
                        granted += cost;
                    }
                }
                assertThat(tranche.visible()).isEqualTo(granted - given - withdrawn);
            }
            assertThat(reported + tranche.close()).isEqualTo(given);
        });
    }

    /**
     * Threads spend, undo and spend on while another reports, withdraws, adds and replaces tranches; then all is
     * counted. What a report says is never less than what callers had been given before it began.
     */
    @Test
    void manyThreadsSpendEachTokenOnce() {
        Tries.run("tranche with threads", 40, random -> race(random, 4));
    }

    private static final class Race {
        final AtomicReference<Tranche> current = new AtomicReference<>(Tranche.NONE);
        final AtomicLong given = new AtomicLong();
        final AtomicLong lostRollbacks = new AtomicLong();
        volatile boolean over;
        final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        void spendUntilOver(long seed) {
            Random random = new Random(seed);
            while (!over) {
                long cost = random.nextInt(20) == 0 ? 1 + random.nextInt(50) : 1 + random.nextInt(3);
                Tranche from = current.get();
                if (!spend(from, 0, cost)) {
                    Thread.onSpinWait();
                    continue;
                }
                if (random.nextInt(4) > 0) {
                    given.addAndGet(cost);
                } else if (!from.unspend(cost)) {
                    lostRollbacks.addAndGet(cost);
                }
            }
        }
    }

    private static void race(Random random, int spenders) {
        Race race = new Race();
        CountDownLatch done = new CountDownLatch(spenders);
        for (int i = 0; i < spenders; i++) {
            long seed = random.nextLong();
            Thread thread = new Thread(() -> {
                race.spendUntilOver(seed);
                done.countDown();
            });
            thread.setUncaughtExceptionHandler((t, e) -> {
                race.failure.compareAndSet(null, e);
                done.countDown();
            });
            thread.start();
        }
        long granted = 0;
        long spent = 0;
        long withdrawn = 0;
        long dropped = 0;
        try {
            for (int epoch = 0; epoch < 60; epoch++) {
                long tokens = random.nextInt(500);
                Tranche tranche = new Tranche(tokens, DEADLINE, DEADLINE, random.nextBoolean());
                granted += tokens;
                long spentOfIt = 0;
                long withdrawnOfIt = 0;
                race.current.set(tranche);
                for (int step = random.nextInt(200); step > 0; step--) {
                    switch (random.nextInt(3)) {
                        case 0 -> {
                            long before = race.given.get();
                            spentOfIt += tranche.harvest();
                            assertThat(spent + spentOfIt).isGreaterThanOrEqualTo(before);
                        }
                        case 1 -> withdrawnOfIt += tranche.withdraw(random.nextInt(5));
                        default -> {
                            long more = random.nextInt(20);
                            tranche.extend(more, DEADLINE, DEADLINE);
                            tokens += more;
                            granted += more;
                        }
                    }
                }
                spentOfIt += tranche.close();
                assertThat(spentOfIt + withdrawnOfIt).isLessThanOrEqualTo(tokens);
                dropped += tokens - spentOfIt - withdrawnOfIt;
                spent += spentOfIt;
                withdrawn += withdrawnOfIt;
            }
        } finally {
            race.over = true;
        }
        try {
            done.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(race.failure.get()).isNull();
        // Exact: each token spent was given to a caller, or its roll-back came after the report.
        assertThat(spent).isEqualTo(race.given.get() + race.lostRollbacks.get());
        assertThat(granted).isEqualTo(spent + withdrawn + dropped);
    }
}
