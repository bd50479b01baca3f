package io.quorate.raft.apply;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GroupClockTest {
    private static final long START_MILLIS = 1_750_000_000_000L;
    private static final long HOUR_MILLIS = 3_600_000;
    private static final String BOOT = "one life of the machine";

    private final FakeTime time = new FakeTime();
    private final FakeTime.Node first = time.node(-5_000_000_000L, 0);
    private final FakeTime.Node second = time.node(77_000_000_000L, 0);

    GroupClockTest() {
        time.advanceMillis(START_MILLIS);
    }

    @Test
    void aNewGroupTakesTheWallClock() {
        GroupClock clock = first.clock();
        clock.leaderStarted(1);

        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS);
        time.advanceMillis(1234);
        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS + 1234);
    }

    /** With no mark: nobody knows how long ago the last stamp was, but it isn't in the future. */
    @Test
    void aRestartedNodeGoesOnFromTheLastStampWhateverItsWallClockSays() {
        for (long error : new long[] {HOUR_MILLIS, 0, -HOUR_MILLIS}) {
            first.wallErrorMillis(error);
            GroupClock clock = first.clock();
            clock.observed(START_MILLIS - 500, 1, false);
            time.advanceMillis(300);
            clock.leaderStarted(2);

            assertThat(clock.nowMillis()).isBetween(START_MILLIS - 201, START_MILLIS - 200);
            time.advanceMillis(1000);
            assertThat(clock.nowMillis()).isBetween(START_MILLIS + 798, START_MILLIS + 801);
            time.advanceMillis(-1300);
        }
    }

    /** Refill by an hour that never was, or by what log time lagged, would pass limits. */
    @Test
    void aWholeClusterThatStoppedCreditsTheTimeOfTheStopWhateverTheWallClockDidMeanwhile() {
        for (long jump : new long[] {HOUR_MILLIS, -HOUR_MILLIS, 0}) {
            first.wallErrorMillis(0);
            GroupClock before = first.clock();
            before.observed(time.trueMillis() - 700, 1, true); // log time lags
            before.leaderStarted(2);
            ClockMark mark = before.mark(BOOT).orElseThrow();
            time.advanceMillis(900);
            long last = before.nowMillis();
            time.advanceMillis(HOUR_MILLIS);
            first.wallErrorMillis(jump);

            GroupClock after = first.clock();
            after.resume(mark, BOOT);
            after.observed(last, 2, false);
            after.leaderStarted(3);

            assertThat(after.nowMillis())
                    .as("after a jump by %d", jump)
                    .isBetween(last + HOUR_MILLIS - HOUR_MILLIS / GroupClock.SLOWNESS_DIVISOR - 1, last + HOUR_MILLIS);
        }
    }

    /** The monotonic clock began anew, so the wall clock tells how long it was; a wrong one that stays so does, too. */
    @Test
    void aMachineThatWasRestartedCreditsWhatItsWallClockWentForward() {
        first.wallErrorMillis(HOUR_MILLIS);
        GroupClock before = first.clock();
        before.observed(START_MILLIS, 1, true);
        ClockMark mark = before.mark(BOOT).orElseThrow();
        time.advanceMillis(60_000);
        second.wallErrorMillis(HOUR_MILLIS);

        GroupClock after = second.clock();
        after.observed(START_MILLIS, 1, false);
        after.resume(mark, "another");
        after.leaderStarted(2);
        assertThat(after.nowMillis()).isEqualTo(START_MILLIS + 60_000);

        second.wallErrorMillis(-HOUR_MILLIS);
        GroupClock back = second.clock();
        back.observed(START_MILLIS, 1, false);
        back.resume(mark, "another");
        back.leaderStarted(2);
        assertThat(back.nowMillis()).as("never back").isEqualTo(START_MILLIS);
    }

    /** It may be that only the process was restarted, and then the wall clock has no say. */
    @Test
    void aMarkCountsForNothingIfTheMachinesLifeIsntKnownThenOrNow() {
        GroupClock before = first.clock();
        before.observed(START_MILLIS, 1, true);
        for (String[] boots : new String[][] {{"", ""}, {BOOT, ""}, {"", BOOT}}) {
            for (long error : new long[] {HOUR_MILLIS, -HOUR_MILLIS, 0}) {
                first.wallErrorMillis(0);
                ClockMark mark = before.mark(boots[0]).orElseThrow();
                first.wallErrorMillis(error);
                time.advanceMillis(500);
                GroupClock after = first.clock();
                after.resume(mark, boots[1]);
                after.observed(START_MILLIS, 1, false);
                after.leaderStarted(2);
                assertThat(after.nowMillis())
                        .as("'%s' then, '%s' now", boots[0], boots[1])
                        .isEqualTo(START_MILLIS);
            }
        }
    }

    @Test
    void aMonotonicClockThatIsBehindTheMarkIsOfAnotherLifeOfTheMachine() {
        ClockMark mark = new ClockMark(BOOT, 1, START_MILLIS, Long.MAX_VALUE, START_MILLIS);
        time.advanceMillis(500);
        GroupClock clock = first.clock();
        clock.resume(mark, BOOT);
        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS + 500);
    }

    /** Others led meanwhile, perhaps from late stamps: then what this node knew may be ahead of them. */
    @Test
    void aMarkCountsForNothingOnceALaterLeaderStamped() {
        GroupClock before = first.clock();
        before.observed(START_MILLIS, 1, true);
        ClockMark mark = before.mark(BOOT).orElseThrow();
        time.advanceMillis(10_000);
        long late = START_MILLIS + 9_000;

        GroupClock replayedAfter = first.clock();
        replayedAfter.resume(mark, BOOT);
        replayedAfter.observed(late, 2, false);
        replayedAfter.leaderStarted(3);
        GroupClock replayedBefore = first.clock();
        replayedBefore.observed(late, 2, false);
        replayedBefore.resume(mark, BOOT);
        replayedBefore.leaderStarted(3);

        assertThat(replayedAfter.nowMillis()).isEqualTo(late);
        assertThat(replayedBefore.nowMillis()).isEqualTo(late);
    }

    @Test
    void aClockThatKnowsNothingLeavesNoMarkAndALeaderAlwaysDoes() {
        GroupClock clock = first.clock();
        assertThat(clock.mark(BOOT)).isEmpty();

        clock.leaderStarted(4);
        time.advanceMillis(10);
        assertThat(clock.mark(BOOT))
                .contains(new ClockMark(BOOT, 4, START_MILLIS + 10, first.monotonicNanos(), START_MILLIS + 10));
    }

    /** The replay after a restart takes as long as it takes, and its stamps are all from before. */
    @Test
    void aLongReplayDoesntSpoilTheMark() {
        GroupClock before = first.clock();
        before.observed(START_MILLIS, 1, true);
        ClockMark mark = before.mark(BOOT).orElseThrow();
        time.advanceMillis(60_000);

        GroupClock clock = first.clock();
        clock.resume(mark, BOOT);
        for (int i = 0; i < 100; i++) {
            time.advanceMillis(1000);
            clock.observed(START_MILLIS + i, 1, false);
        }
        clock.leaderStarted(2);

        assertThat(clock.nowMillis())
                .isBetween(START_MILLIS + 160_000 - 160_000 / GroupClock.SLOWNESS_DIVISOR - 1, START_MILLIS + 160_000);
    }

    @Test
    void aWallClockThatJumpsMovesLogTimeByNoMoreThanTheSlew() {
        for (long jump : new long[] {HOUR_MILLIS, -HOUR_MILLIS}) {
            GroupClock clock = first.clock();
            first.wallErrorMillis(0);
            clock.leaderStarted(1);
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
        clock.leaderStarted(1);
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
            old.leaderStarted(1);
            long stamp = old.nowMillis();
            time.advanceMillis(3); // on its way
            next.observed(stamp, 1, true);

            time.advanceMillis(1500);
            next.leaderStarted(1);

            assertThat(next.nowMillis()).isBetween(old.nowMillis() - 5, old.nowMillis());
        }
    }

    /** Its wall clock is behind, so it slews back; of what others know of its time the oldest stamp came fastest. */
    @Test
    void aNewLeaderIsNeverAheadOfOneThatSlewedBackSinceTheStampThatTheEstimateRestsOn() {
        for (long differencePpm : new long[] {0, 500}) {
            GroupClock old = first.clock();
            GroupClock next = time.node(5, differencePpm).clock();
            old.leaderStarted(1);
            next.observed(old.nowMillis(), 1, true);
            first.wallErrorMillis(-HOUR_MILLIS);
            for (int i = 0; i < 19; i++) {
                time.advanceMillis(900);
                long stamp = old.nowMillis();
                time.advanceMillis(100);
                next.observed(stamp, 1, true);
            }

            long last = old.nowMillis();
            next.leaderStarted(2);

            assertThat(next.nowMillis())
                    .as("with monotonic clocks that differ by %d ppm", differencePpm)
                    .isBetween(last - 11, last);
            first.wallErrorMillis(0);
        }
    }

    /** Two changes of leader within one window: refill by what the last one jumps ahead would pass limits. */
    @Test
    void aNewLeaderGoesOnWithTheLastLeadersTimeAndNotWithThatOfOneBefore() {
        GroupClock old = first.clock();
        GroupClock late = second.clock();
        GroupClock next = time.node(5, 0).clock();
        old.leaderStarted(1);
        long stamp = old.nowMillis();
        next.observed(stamp, 1, true);
        time.advanceMillis(700); // on its way to one of the two
        late.observed(stamp, 1, true);
        old.leaderStopped();
        late.leaderStarted(2);
        for (int i = 0; i < 10; i++) {
            time.advanceMillis(100);
            next.observed(late.nowMillis(), 2, true);
            old.observed(late.nowMillis(), 2, true);
        }

        long last = late.nowMillis();
        next.observed(stamp, 1, true); // what the former one left
        next.leaderStarted(3);
        assertThat(next.nowMillis()).isEqualTo(last);
        old.leaderStarted(4);
        assertThat(old.nowMillis()).as("nor with its own").isEqualTo(last);
    }

    @Test
    void aLateStampDoesntSpoilTheEstimateOfAPromptOne() {
        GroupClock old = first.clock();
        GroupClock next = second.clock();
        old.leaderStarted(1);
        next.observed(old.nowMillis(), 1, true);
        time.advanceMillis(500);
        long delayed = old.nowMillis();
        time.advanceMillis(400);
        next.observed(delayed, 1, true);

        next.leaderStarted(1);

        assertThat(next.nowMillis()).isBetween(old.nowMillis() - 1, old.nowMillis());
    }

    @Test
    void anEstimateThatRanAheadIsDroppedForLaterStamps() {
        FakeTime.Node fast = time.node(0, 1_500);
        GroupClock old = first.clock();
        GroupClock next = fast.clock();
        old.leaderStarted(1);
        for (int i = 0; i < 3600; i++) {
            time.advanceMillis(1000);
            next.observed(old.nowMillis(), 1, true);
        }

        next.leaderStarted(1);

        // An hour at 500 ppm more than is reckoned with is 1800 ms; two windows are 10 ms.
        assertThat(next.nowMillis() - old.nowMillis()).isBetween(0L, 11L);
    }

    @Test
    void aReplayedStampIsAnEstimateAsAnyOther() {
        GroupClock clock = first.clock();
        clock.observed(START_MILLIS - HOUR_MILLIS, 1, false);
        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS - HOUR_MILLIS);
        time.advanceMillis(5000);
        assertThat(clock.nowMillis()).isBetween(START_MILLIS - HOUR_MILLIS + 4994, START_MILLIS - HOUR_MILLIS + 5000);
    }

    @Test
    void aLeaderThatPausesNeverGivesTimeAhead() {
        GroupClock clock = first.clock();
        clock.leaderStarted(1);
        long before = clock.nowMillis();
        time.advanceMillis(60_000);

        assertThat(clock.nowMillis()).isEqualTo(before + 60_000);
    }

    @Test
    void aLeaderThatIsDeposedAndElectedAgainGoesOnWithItsOwnTime() {
        GroupClock clock = first.clock();
        clock.leaderStarted(1);
        time.advanceMillis(1000);
        clock.leaderStopped();
        first.wallErrorMillis(-HOUR_MILLIS);
        time.advanceMillis(2000);

        assertThat(clock.nowMillis()).isBetween(START_MILLIS + 2997, START_MILLIS + 3000);
        clock.leaderStarted(1);
        assertThat(clock.nowMillis()).isBetween(START_MILLIS + 2997, START_MILLIS + 3000);
    }

    @Test
    void aLeadersTimeIsNeverBelowAnAppliedStamp() {
        GroupClock clock = first.clock();
        clock.leaderStarted(1);
        clock.observed(START_MILLIS + 50, 1, true);

        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS + 50);
    }

    @Test
    void anAbsurdWallClockGivesAUsableTime() {
        first.wallErrorMillis(Long.MAX_VALUE - 2 * START_MILLIS);
        GroupClock ahead = first.clock();
        ahead.leaderStarted(1);
        second.wallErrorMillis(-2 * START_MILLIS);
        GroupClock behind = second.clock();
        behind.leaderStarted(1);

        GroupClock farAhead = second.clock();
        farAhead.observed(Long.MAX_VALUE, 1, true);
        farAhead.leaderStarted(1);

        assertThat(ahead.nowMillis()).isEqualTo(GroupClock.TIME_MILLIS_MAX);
        assertThat(farAhead.nowMillis()).isEqualTo(GroupClock.TIME_MILLIS_MAX);
        assertThat(behind.nowMillis()).isZero();
    }

    @Test
    void aMonotonicClockThatGoesBackHoldsTimeStill() {
        long[] nanos = {1_000_000_000L};
        GroupClock clock = new GroupClock(() -> nanos[0], () -> START_MILLIS);
        clock.leaderStarted(1);
        nanos[0] = 0;
        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS);
        nanos[0] = 1_000_000_000L;
        assertThat(clock.nowMillis()).isEqualTo(START_MILLIS);
    }
}
