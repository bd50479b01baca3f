package io.quorate.client.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.rule.FailureTerms;
import io.quorate.core.testing.Tries;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A pocket under threads that spend while the loop renews, drops and replaces its lease; and the guards around it. */
class PocketTest {
    private static final long MILLI = 1_000_000L;

    private static final class Spenders {
        final AtomicLong given = new AtomicLong();
        final AtomicLong keptRollbacks = new AtomicLong();
        final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        final CountDownLatch done;
        volatile boolean over;

        Spenders(int count, Pocket pocket, CoarseClock clock, Random random) {
            this.done = new CountDownLatch(count);
            for (int i = 0; i < count; i++) {
                long seed = random.nextLong();
                Thread thread = new Thread(() -> {
                    try {
                        spend(pocket, clock, new Random(seed));
                    } finally {
                        done.countDown();
                    }
                });
                thread.setUncaughtExceptionHandler((t, e) -> failure.compareAndSet(null, e));
                thread.start();
            }
        }

        private void spend(Pocket pocket, CoarseClock clock, Random random) {
            while (!over) {
                long cost = 1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 3);
                Tranche from = pocket.spendIn(clock.nowNanos(), cost);
                if (from == null) {
                    Thread.onSpinWait();
                } else if (random.nextInt(4) > 0) {
                    given.addAndGet(cost);
                } else if (!from.unspend(cost)) {
                    keptRollbacks.addAndGet(cost);
                }
            }
        }

        void end() {
            over = true;
            try {
                done.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            assertThat(failure.get()).isNull();
        }
    }

    @Test
    void noTokenOutlivesItsLeaseAndEveryReportIsEnough() {
        Tries.run("pocket with threads", 10, random -> {
            TestClock time = new TestClock();
            CoarseClock clock = new CoarseClock(time, MILLI);
            Pocket pocket = new Pocket(Kit.target(Kit.perSecond(1_000_000)), clock, new Attention(() -> {}));
            LeaseLedger ledger = new LeaseLedger(pocket, MILLI, false);
            Spenders spenders = new Spenders(3, pocket, clock, random);
            long leaseId = 1;
            long grantedEver = 10_000;
            var unused = ledger.renew(leaseId, new LeaseLedger.Ask(0, 10_000, 0, 0), 0, time.getAsLong());
            ledger.accept(Kit.granted(10_000, 0), time.getAsLong());
            while (spenders.given.get() == 0 && spenders.failure.get() == null) {
                Thread.onSpinWait(); // until they spend
            }
            Renewal before = new Renewal(1, 1, 0, 0, 0, 0, 0, 0);
            try {
                for (int round = 0; round < 300; round++) {
                    long givenBefore = spenders.given.get();
                    Renewal renewal = ledger.renew(
                            ++leaseId, new LeaseLedger.Ask(0, 0, 0, 0), random.nextInt(20), time.getAsLong());
                    assertThat(ledger.spentEver()).isGreaterThanOrEqualTo(givenBefore);
                    if (renewal.sequence() > 1) {
                        assertThat(renewal.leaseId()).isEqualTo(before.leaseId());
                        assertThat(renewal.spent()).isGreaterThanOrEqualTo(before.spent());
                        assertThat(renewal.returned()).isGreaterThanOrEqualTo(before.returned());
                    }
                    before = renewal;
                    long granted = random.nextInt(3000);
                    time.advanceMillis(random.nextInt(50));
                    Thread.yield();
                    clock.tick();
                    switch (random.nextInt(10)) {
                        case 0 -> ledger.end();
                        case 1 -> {
                            ledger.distrust();
                            ledger.accept(Kit.granted(granted, 0), time.getAsLong());
                        }
                        default -> {
                            grantedEver += granted;
                            ledger.accept(Kit.granted(granted, 0), time.getAsLong());
                        }
                    }
                    if (random.nextInt(20) == 0) {
                        time.advanceMillis(3000);
                        clock.tick();
                        ledger.expire(time.getAsLong());
                        assertThat(pocket.tranche()).isSameAs(Tranche.NONE);
                        assertThat(ledger.held()).isZero();
                    }
                }
            } finally {
                spenders.end();
            }
            // Nobody holds tokens on the way any more: all that was given was reported, and nothing else.
            ledger.returnRest();
            assertThat(ledger.spentEver()).isEqualTo(spenders.given.get() + spenders.keptRollbacks.get());
            assertThat(ledger.spentEver()).isLessThanOrEqualTo(grantedEver).isPositive();
        });
    }

    /** A pocket with 10,000 tokens of a lease of 3 s, of which a slice is begun. */
    private static final class Paused {
        final TestClock time = new TestClock();
        final CoarseClock clock = new CoarseClock(time, MILLI);
        final Pocket pocket = new Pocket(Kit.target(Kit.perSecond(1_000_000)), clock, new Attention(() -> {}));

        Paused(boolean exact) {
            LeaseLedger ledger = new LeaseLedger(pocket, MILLI, exact);
            var unused = ledger.renew(1, new LeaseLedger.Ask(0, 10_000, 0, 0), 0, time.getAsLong());
            ledger.accept(Kit.granted(10_000, 0), time.getAsLong());
            assertThat(pocket.trySpend(1)).isTrue();
        }

        /** Lets so much of the lease pass with a loop that ticks, then some without; what is spent then. */
        int spentAfter(long ticked, long paused) {
            time.advanceMillis(ticked);
            clock.tick();
            assertThat(pocket.trySpend(1)).isTrue();
            time.advanceMillis(paused);
            int spent = 0;
            while (pocket.trySpend(1)) {
                spent++;
            }
            return spent;
        }
    }

    /** However long before the end it began; unless it takes all of the last quarter. */
    @Test
    void aProcessThatStoodStillForLessThanAQuarterOfItsLeaseSpendsNothingTooLate() {
        // Until 3000 ms, less a thousandth and 2 ticks: 2995 ms. The last quarter begins at 2245 ms.
        for (int ticked = 2_245; ticked < 2_995; ticked += 25) {
            for (int paused : new int[] {2_995 - ticked, 3_000 - ticked, 60_000}) {
                assertThat(new Paused(false).spentAfter(ticked, paused)).isZero();
            }
        }
        assertThat(new Paused(false).spentAfter(2_244, 750)).as("not over yet").isPositive();
    }

    @Test
    void aProcessThatStoodStillForLongerSpendsWhatIsLeftOfABegunSlice() {
        assertThat(new Paused(false).spentAfter(2_000, 1_000)).isEqualTo(Tranche.SLICE_TOKENS - 2);
        assertThat(new Paused(false).spentAfter(0, 60_000)).isEqualTo(Tranche.SLICE_TOKENS - 2);
    }

    @Test
    void withExactDeadlinesNothingIsSpentTooLateHoweverLongItStoodStill() {
        for (int ticked = 0; ticked < 2_995; ticked += 7) {
            assertThat(new Paused(true).spentAfter(ticked, 2_995 - ticked)).isZero();
            assertThat(new Paused(true).spentAfter(ticked, 60_000)).isZero();
        }
        assertThat(new Paused(true).spentAfter(2_000, 994)).isEqualTo(10_000 - 2);
    }

    @Test
    void theLocalLimitAllowsItsAmountAndNoMoreWhateverThreadAsks() {
        Tries.run("local limit", 20, random -> {
            long amount = 1 + random.nextInt(1000);
            LocalLimit limit = new LocalLimit(new FailureTerms(amount, 1000), 0);
            AtomicLong taken = new AtomicLong();
            CountDownLatch done = new CountDownLatch(3);
            for (int i = 0; i < 3; i++) {
                new Thread(() -> {
                            for (int step = 0; step < 2000; step++) {
                                if (limit.tryTake(500 * MILLI, 1)) {
                                    taken.incrementAndGet();
                                }
                            }
                            done.countDown();
                        })
                        .start();
            }
            try {
                done.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            assertThat(taken.get()).isBetween(amount - 1, amount); // rounded against the caller
            long retry = limit.retryAfterNanos(500 * MILLI, 1);
            assertThat(limit.tryTake(500 * MILLI + retry - 1, 1)).isFalse();
            assertThat(limit.tryTake(500 * MILLI + retry, 1)).isTrue();
            limit.giveBack(1);
            assertThat(limit.tryTake(500 * MILLI + retry + 1, 1)).isTrue();
            assertThat(limit.tryTake(1L << 60, amount + 1)).isFalse();
        });
    }

    @Test
    void clocksThatDisagreeAreNoticedAndSmallDifferencesAreNot() {
        SuspendGuard guard = new SuspendGuard(0, 1_000);
        assertThat(guard.due(99 * MILLI)).isFalse();
        assertThat(guard.due(100 * MILLI)).isTrue();
        assertThat(guard.disagree(100 * MILLI, 1_149)).isFalse();
        assertThat(guard.disagree(200 * MILLI, 1_249)).isFalse();
        assertThat(guard.disagree(300 * MILLI, 1_400)).isTrue();
        assertThat(guard.disagree(400 * MILLI, 1_500)).isFalse();
        assertThat(guard.disagree(500 * MILLI, 1_500)).isTrue();
        // A loop that stalled for a minute isn't a suspension: both clocks went on.
        assertThat(guard.disagree(60_500 * MILLI, 61_500)).isFalse();
    }

    @Test
    void theBudgetOfRepeatsIsATenthOfWhatIsSentAndTenASecond() {
        RetryBudget budget = new RetryBudget(0);
        int repeats = 0;
        while (budget.tryRepeat(1, 0)) {
            repeats++;
        }
        assertThat(repeats).isEqualTo(100 * RetryBudget.BURST_RENEWALS);
        for (int i = 0; i < 55; i++) {
            for (int together = 0; together < RetryBudget.BURST_RENEWALS; together++) {
                budget.sentFirst(1, i);
            }
        }
        for (int group = 1; group <= 5; group++) {
            assertThat(budget.tryRepeat(group, 0)).isTrue();
        }
        assertThat(budget.tryRepeat(6, 0)).isFalse();
        assertThat(budget.tryRepeat(5, 0)).isTrue(); // with the other
        for (int i = 0; i < 11; i++) {
            assertThat(budget.tryRepeat(i, 1_100 * MILLI)).isTrue();
        }
        assertThat(budget.tryRepeat(11, 1_100 * MILLI)).isFalse();
    }

    @Test
    void latencyIsThe99thPercentileOfTheLastRenewals() {
        RenewLatency latency = new RenewLatency();
        assertThat(latency.p99Nanos()).isEqualTo(6 * MILLI);
        for (int i = 1; i <= 128; i++) {
            latency.took(i * MILLI);
        }
        assertThat(latency.p99Nanos()).isEqualTo(126 * MILLI);
        for (int i = 0; i < 128; i++) {
            latency.took(i == 0 ? 10_000 * MILLI : 0);
        }
        assertThat(latency.p99Nanos()).isEqualTo(MILLI);
    }

    @Test
    void whoeverStillHasARetiredPocketResolvesAgain() {
        Pocket pocket = new Pocket(Kit.target(Kit.perSecond(10)), new CoarseClock(() -> 0, 1), new Attention(() -> {}));
        pocket.denyUntil(Long.MAX_VALUE / 4, 10, 10);
        assertThat(pocket.withoutTokens(1)).isEqualTo(Answer.DENIED);
        pocket.fallBack(null);
        assertThat(pocket.withoutTokens(1)).isEqualTo(Answer.FALLBACK_DENIED);
        pocket.retire();
        assertThat(pocket.withoutTokens(1)).isEqualTo(Answer.STALE);
    }
}
