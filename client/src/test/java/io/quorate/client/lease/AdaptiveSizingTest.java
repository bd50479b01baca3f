package io.quorate.client.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quorate.client.lease.Sizing.Holding;
import io.quorate.client.lease.Sizing.Move;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import org.junit.jupiter.api.Test;

/** Policy QAL's client, case by case (THEORY 6.2). */
class AdaptiveSizingTest {
    private static final long MILLI = 1_000_000L;
    private static final Limit LIMIT = Kit.perSecond(10_000);

    private long nowNanos = 1_000 * MILLI;
    private long demand;
    private final AdaptiveSizing sizing = new AdaptiveSizing(Kit.target(LIMIT), new RenewLatency(), nowNanos);

    private void demand(double perSecond, double seconds) {
        for (int i = 0; i < seconds * 20; i++) {
            nowNanos += 50 * MILLI;
            demand += Math.round(perSecond / 20);
            sizing.observe(nowNanos, demand);
        }
    }

    private Holding holding(long tokens, long waiting) {
        return new Holding(nowNanos, tokens, 0, waiting, nowNanos + 3_000 * MILLI, false, false);
    }

    private void reply(long want, RenewalReply reply) {
        sizing.replied(nowNanos, new Renewal(1, 1, 0, 0, 0, want, 0, 0), reply);
    }

    @Test
    void withoutDemandNothingIsHeld() {
        assertThat(sizing.targetTokens()).isZero();
        assertThat(sizing.whenAsked(holding(0, 0))).isEqualTo(Move.NONE);
        assertThat(sizing.whenTicked(holding(0, 0))).isEqualTo(Move.NONE);
        assertThat(sizing.pollAtNanos()).isEmpty();
    }

    @Test
    void theFirstRequestAsksForItselfAlone() {
        assertThat(sizing.whenAsked(holding(0, 1))).isEqualTo(new Move(true, 0, 0));
    }

    @Test
    void theTargetIsWhatTheHorizonNeedsAndOneAndAHalfDeviations() {
        demand(1000, 30);
        reply(0, Kit.granted(0, 0)); // horizon 150 ms
        double mean = sizing.ratePerSecond() * 0.15;
        assertThat(mean).isCloseTo(150, within(1.0));
        assertThat(sizing.targetTokens()).isCloseTo(mean + 1.5 * Math.sqrt(mean), within(1e-9));
    }

    @Test
    void asksInTheBackgroundWhenLowAndOnlyThen() {
        demand(1000, 30);
        reply(0, Kit.granted(0, 0));
        // R is 6 ms: 6 + 2 * sqrt(6) tokens go while it asks.
        assertThat(sizing.lowTokens()).isEqualTo(10);
        assertThat(sizing.whenAsked(holding(11, 0))).isEqualTo(Move.NONE);
        Move move = sizing.whenAsked(holding(10, 0));
        assertThat(move).isEqualTo(Move.ask(sizing.targetTokens() - 10));
        Holding asked = new Holding(nowNanos, 10, 0, 0, nowNanos, true, false);
        assertThat(sizing.whenAsked(asked)).isEqualTo(Move.NONE);
    }

    @Test
    void asLongAsTheEstimateLagsItAsksForTwiceWhatWaits() {
        demand(40, 5);
        reply(0, Kit.granted(0, 0));
        assertThat(sizing.targetTokens()).isBetween(1.0, 20.0);
        assertThat(sizing.whenAsked(holding(0, 100)).want()).isEqualTo(200);
    }

    @Test
    void afterLessThanAskedForItDoesNotAskForAQuarterHorizon() {
        demand(1000, 30);
        reply(170, Kit.granted(100, 0));
        assertThat(sizing.whenAsked(holding(0, 0))).isEqualTo(Move.NONE);
        nowNanos += 38 * MILLI;
        assertThat(sizing.whenAsked(holding(0, 0)).renew()).isTrue();
    }

    @Test
    void neverMoreIsWantedThanOneClientMayHold() {
        demand(1_000_000, 30);
        reply(0, Kit.granted(0, 0));
        assertThat(sizing.targetTokens()).isEqualTo(5_000); // half of the capacity
        assertThat(sizing.whenAsked(holding(0, 100_000)).want()).isEqualTo(5_000);
    }

    @Test
    void aPeakIsHeldWhileThereIsRoom() {
        demand(20_000, 1);
        demand(100, 3);
        reply(0, Kit.granted(0, 0));
        double mean = sizing.ratePerSecond() * 0.15;
        assertThat(sizing.targetTokens()).isGreaterThan(mean + 1.5 * Math.sqrt(mean));
        reply(0, Kit.contended(0, 0, 20));
        mean = sizing.ratePerSecond() * 0.15;
        assertThat(sizing.targetTokens()).isCloseTo(mean + 1.5 * Math.sqrt(mean), within(1e-9));
    }

    @Test
    void whileContendedItDeniesAndPolls() {
        demand(1000, 30);
        reply(170, Kit.contended(10, 0, 20));
        Sizing.Denial denial = sizing.denial(holding(0, 0));
        assertThat(denial.denying()).isTrue();
        assertThat(denial.untilNanos() - nowNanos).isGreaterThan(3600_000 * MILLI);
        assertThat(denial.retryAtNanos()).isEqualTo(nowNanos + 20 * MILLI);
        assertThat(denial.costMax()).isEqualTo((long) sizing.targetTokens());
        assertThat(sizing.pollAtNanos()).hasValue(nowNanos + 20 * MILLI);
        assertThat(sizing.whenAsked(holding(0, 0))).isEqualTo(Move.NONE);
        nowNanos += 20 * MILLI;
        assertThat(sizing.whenPolled(holding(0, 0)).want()).isEqualTo((long) sizing.targetTokens());
        assertThat(sizing.pollAtNanos()).isEmpty();
    }

    @Test
    void whatNothingWouldEndIsDeniedOnlyUntilThePollsTime() {
        demand(1000, 30);
        reply(170, Kit.contended(100, 0, 20));
        assertThat(sizing.denial(holding(100, 0)).untilNanos() - nowNanos).isGreaterThan(3600_000 * MILLI);
        nowNanos += 20 * MILLI;
        assertThat(sizing.whenPolled(holding(100, 0))).isEqualTo(Move.NONE); // it has enough
        assertThat(sizing.denial(holding(100, 0)).denying()).isTrue();
        assertThat(sizing.denial(holding(0, 0))).isEqualTo(Sizing.Denial.NONE);
        assertThat(sizing.whenTicked(holding(0, 0)).want()).isEqualTo((long) sizing.targetTokens());
        assertThat(sizing.whenTicked(new Holding(nowNanos, 100, 0, 0, nowNanos + 3_000 * MILLI, false, true))
                        .renew())
                .isTrue();
    }

    @Test
    void whoWantsNothingAnyMoreSaysSoAndAsksPerRequestAfterTheWait() {
        demand(1000, 5);
        reply(170, Kit.contended(0, 0, 20));
        demand(0, 60);
        assertThat(sizing.whenPolled(holding(0, 0))).isEqualTo(new Move(true, 0, 0));
        assertThat(sizing.denial(holding(0, 0))).isEqualTo(Sizing.Denial.NONE);
        assertThat(sizing.denial(new Holding(nowNanos, 0, 0, 0, nowNanos, true, false))
                        .denying())
                .isTrue();
        assertThat(sizing.whenAsked(holding(0, 3))).isEqualTo(new Move(true, 0, 0));
    }

    @Test
    void keepsAliveWhatItWillUse() {
        demand(1000, 30);
        reply(0, Kit.granted(0, 0));
        Holding ending = new Holding(nowNanos, 150, 0, 0, nowNanos + 999 * MILLI, false, false);
        assertThat(sizing.whenTicked(ending)).isEqualTo(Move.ask(sizing.targetTokens() - 150));
        Holding fresh = new Holding(nowNanos, 150, 0, 0, nowNanos + 1001 * MILLI, false, false);
        assertThat(sizing.whenTicked(fresh)).isEqualTo(Move.NONE);
    }

    @Test
    void keepsAliveWhatItHoldsWhileContendedWithoutAskingBeforeItsTime() {
        demand(1000, 30);
        reply(170, Kit.contended(170, 0, 200));
        Holding ending = new Holding(nowNanos, 100, 0, 0, nowNanos + 999 * MILLI, false, false);
        assertThat(sizing.whenTicked(ending)).isEqualTo(Move.ask(0));
        reply(0, Kit.granted(0, 0));
        assertThat(sizing.contended()).isTrue(); // nothing was asked for: what was said before holds
        assertThat(sizing.pollAtNanos()).hasValue(nowNanos + 200 * MILLI);
        nowNanos += 200 * MILLI;
        ending = new Holding(nowNanos, 100, 0, 0, nowNanos + 999 * MILLI, false, false);
        assertThat(sizing.whenTicked(ending)).isEqualTo(Move.ask(sizing.targetTokens() - 100));
        reply(0, Kit.granted(0, 0));
        assertThat(sizing.contended()).isFalse();
    }

    @Test
    void returnsSurplusAndWhatAnIdleClientWouldLose() {
        demand(1000, 30);
        reply(0, Kit.granted(0, 0));
        double target = sizing.targetTokens();
        assertThat(sizing.whenTicked(holding((long) (1.5 * target), 0))).isEqualTo(Move.NONE);
        assertThat(sizing.whenTicked(holding((long) (2 * target), 0)).giveBack())
                .isEqualTo((long) Math.floor((long) (2 * target) - target - 1));
        demand(0, 120);
        assertThat(sizing.whenTicked(holding(5, 0))).isEqualTo(Move.NONE); // not worth it yet
        Holding ending = new Holding(nowNanos, 5, 2, 0, nowNanos + 900 * MILLI, false, false);
        assertThat(sizing.whenTicked(ending)).isEqualTo(Move.giveBack(5));
        assertThat(sizing.whenRecalled(holding(5, 0))).isEqualTo(Move.giveBack(5));
    }

    /** Whoever renewed a lease of 30 s each 20 would renew more often than its tokens need. */
    @Test
    void aLongLeaseIsKeptAliveInItsLastSecondsOnly() {
        demand(100, 30);
        reply(0, new RenewalReply(0, 0, 30_000, 150, false, false, 0, false, 1000));
        long most = (long) Math.floor(sizing.targetTokens());
        Holding long5 = new Holding(nowNanos, most, 0, 0, nowNanos + 5_000 * MILLI, false, false);
        Holding long3 = new Holding(nowNanos, most, 0, 0, nowNanos + 3_000 * MILLI, false, false);
        assertThat(sizing.whenTicked(long5)).isEqualTo(Move.NONE);
        assertThat(sizing.whenTicked(long3).renew()).isTrue();
        reply(0, Kit.granted(0, 0)); // 3 s
        Holding short1 = new Holding(nowNanos, most, 0, 0, nowNanos + 1_100 * MILLI, false, false);
        Holding short0 = new Holding(nowNanos, most, 0, 0, nowNanos + 900 * MILLI, false, false);
        assertThat(sizing.whenTicked(short1)).isEqualTo(Move.NONE);
        assertThat(sizing.whenTicked(short0).renew()).isTrue();
    }

    @Test
    void whereThereIsMuchAnIdleClientHoldsOne() {
        Limit slow = Limit.of(Algorithm.TOKEN_BUCKET, 100, 60_000);
        AdaptiveSizing idle = new AdaptiveSizing(Kit.target(slow), new RenewLatency(), 0);
        long total = 0;
        long now = 0;
        for (int i = 0; i < 1200; i++) {
            now += 500 * MILLI;
            total += i % 20 == 0 ? 1 : 0; // one in ten seconds
            idle.observe(now, total);
        }
        assertThat(idle.targetTokens()).isZero();
        idle.replied(
                now,
                new Renewal(1, 1, 0, 0, 1, 0, 0, 0),
                new RenewalReply(1, 1, 30_000, 5_000, false, true, 0, false, 90));
        assertThat(idle.targetTokens()).isEqualTo(1);
    }
}
