package io.quorate.raft.apply;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GroupClockTest {
    private static final long START_MILLIS = 1_750_000_000_000L;
    private static final long HOUR_MILLIS = 3_600_000;

    private final FakeTime time = new FakeTime();
    private final FakeTime.Node first = time.node(-5_000_000_000L, 0);
    private final FakeTime.Node second = time.node(77_000_000_000L, 0);

    GroupClockTest() {
        time.advanceMillis(START_MILLIS);
    }

    @Test
    void aGroupThatStartsColdTakesTheWallClock() {
        GroupClock clock = first.clock();
        clock.leaderStarted();

        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS);
        time.advanceMillis(1234);
        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS + 1234);
    }

    @Test
    void aGroupThatStartsColdWithAWallClockBehindGoesOnFromItsLog() {
        GroupClock clock = first.clock();
        clock.observed(START_MILLIS + HOUR_MILLIS, false);
        clock.leaderStarted();

        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS + HOUR_MILLIS);
        time.advanceMillis(1000);
        assertThat(clock.nowMillis()).isBetween(START_MILLIS + HOUR_MILLIS + 999, START_MILLIS + HOUR_MILLIS + 1000);
    }

    @Test
    void aWholeClusterThatStoppedCreditsTheTimeOfTheStop() {
        GroupClock before = first.clock();
        before.leaderStarted();
        long last = before.nowMillis();
        time.advanceMillis(HOUR_MILLIS);

        GroupClock after = second.clock();
        after.observed(last, false);
        after.leaderStarted();

        assertThat(after.nowMillis()).isEqualTo(last + HOUR_MILLIS);
    }

    @Test
    void aWallClockThatJumpsMovesLogTimeByNoMoreThanTheSlew() {
        for (long jump : new long[] {HOUR_MILLIS, -HOUR_MILLIS}) {
            GroupClock clock = first.clock();
            first.wallErrorMillis(0);
            clock.leaderStarted();
            long start = clock.nowMillis();

            first.wallErrorMillis(jump);
            assertThat(clock.nowMillis()).as("at once after %d", jump).isEqualTo(start);
            for (int i = 0; i < 1000; i++) {
                time.advanceMillis(100);
                clock.nowMillis();
            }

            long slewMax = 100_000 / GroupClock.SLEW_DIVISOR;
            assertThat(clock.nowMillis() - start - 100_000)
                    .as("error 100 s after %d", jump)
                    .isEqualTo(jump > 0 ? slewMax : -slewMax);
        }
    }

    @Test
    void aSmallWallErrorIsSlewedAwayAndNotBeyond() {
        GroupClock clock = first.clock();
        clock.leaderStarted();
        first.wallErrorMillis(20);
        for (int i = 0; i < 1000; i++) {
            time.advanceMillis(100);
            clock.nowMillis();
        }

        assertThat(clock.nowMillis()).isEqualTo(first.wallMillis());
    }

    @Test
    void aNewLeaderWithAWrongWallClockGoesOnWithTheOldLeadersTime() {
        for (long error : new long[] {HOUR_MILLIS, -HOUR_MILLIS}) {
            GroupClock old = first.clock();
            GroupClock next = second.clock();
            second.wallErrorMillis(error);
            old.leaderStarted();
            long stamp = old.nowMillis();
            time.advanceMillis(3); // on its way
            next.observed(stamp, true);

            time.advanceMillis(1500);
            next.leaderStarted();

            assertThat(next.nowMillis()).isBetween(old.nowMillis() - 3, old.nowMillis());
        }
    }

    /** Two changes of leader within one window: refill by what the last one jumps ahead would pass limits. */
    @Test
    void aNewLeaderGoesOnWithTheLastLeadersTimeAndNotWithThatOfOneBefore() {
        GroupClock old = first.clock();
        GroupClock late = second.clock();
        GroupClock next = time.node(5, 0).clock();
        old.leaderStarted();
        long stamp = old.nowMillis();
        next.observed(stamp, true);
        time.advanceMillis(700); // on its way to one of the two
        late.observed(stamp, true);
        old.leaderStopped();
        late.leaderStarted();
        next.leaderChanged();
        old.leaderChanged();
        for (int i = 0; i < 10; i++) {
            time.advanceMillis(100);
            next.observed(late.nowMillis(), true);
            old.observed(late.nowMillis(), true);
        }

        long last = late.nowMillis();
        next.leaderStarted();
        assertThat(next.nowMillis()).isEqualTo(last);
        old.leaderStarted();
        assertThat(old.nowMillis()).as("nor with its own").isEqualTo(last);
    }

    @Test
    void aLateStampDoesntSpoilTheEstimateOfAPromptOne() {
        GroupClock old = first.clock();
        GroupClock next = second.clock();
        old.leaderStarted();
        next.observed(old.nowMillis(), true);
        time.advanceMillis(500);
        long delayed = old.nowMillis();
        time.advanceMillis(400);
        next.observed(delayed, true);

        next.leaderStarted();

        assertThat(next.nowMillis()).isEqualTo(old.nowMillis());
    }

    @Test
    void anEstimateThatRanAheadIsDroppedForLaterStamps() {
        FakeTime.Node fast = time.node(0, 500);
        GroupClock old = first.clock();
        GroupClock next = fast.clock();
        old.leaderStarted();
        for (int i = 0; i < 3600; i++) {
            time.advanceMillis(1000);
            next.observed(old.nowMillis(), true);
        }

        next.leaderStarted();

        // An hour at 500 ppm is 1800 ms; two windows are 10 ms.
        assertThat(next.nowMillis() - old.nowMillis()).isBetween(0L, 11L);
    }

    @Test
    void replayedStampsAreNoEstimate() {
        GroupClock clock = first.clock();
        clock.observed(START_MILLIS - HOUR_MILLIS, false);
        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS - HOUR_MILLIS);
        time.advanceMillis(5000);
        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS - HOUR_MILLIS);

        clock.leaderStarted();

        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS + 5000);
    }

    @Test
    void aLeaderThatPausesNeverGivesTimeAhead() {
        GroupClock clock = first.clock();
        clock.leaderStarted();
        long before = clock.nowMillis();
        time.advanceMillis(60_000);

        assertThat(clock.nowMillis()).isEqualTo(before + 60_000);
    }

    @Test
    void aLeaderThatIsDeposedAndElectedAgainGoesOnWithItsOwnTime() {
        GroupClock clock = first.clock();
        clock.leaderStarted();
        time.advanceMillis(1000);
        clock.leaderStopped();
        first.wallErrorMillis(-HOUR_MILLIS);
        time.advanceMillis(2000);

        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS + 3000);
        clock.leaderStarted();
        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS + 3000);
    }

    @Test
    void aLeadersTimeIsNeverBelowAnAppliedStamp() {
        GroupClock clock = first.clock();
        clock.leaderStarted();
        clock.observed(START_MILLIS + 50, true);

        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS + 50);
    }

    @Test
    void anAbsurdWallClockGivesAUsableTime() {
        first.wallErrorMillis(Long.MAX_VALUE - 2 * START_MILLIS);
        GroupClock ahead = first.clock();
        ahead.leaderStarted();
        second.wallErrorMillis(-2 * START_MILLIS);
        GroupClock behind = second.clock();
        behind.leaderStarted();

        GroupClock farAhead = second.clock();
        farAhead.observed(Long.MAX_VALUE, true);
        farAhead.leaderStarted();

        assertThat(ahead.nowMillis()).isEqualTo(GroupClock.TIME_MILLIS_MAX);
        assertThat(farAhead.nowMillis()).isEqualTo(GroupClock.TIME_MILLIS_MAX);
        assertThat(behind.nowMillis()).isZero();
    }

    @Test
    void aMonotonicClockThatGoesBackHoldsTimeStill() {
        long[] nanos = {1_000_000_000L};
        GroupClock clock = new GroupClock(() -> nanos[0], () -> START_MILLIS);
        clock.leaderStarted();
        nanos[0] = 0;
        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS);
        nanos[0] = 1_000_000_000L;
        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS);
    }
}
