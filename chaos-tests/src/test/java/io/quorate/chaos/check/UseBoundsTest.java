package io.quorate.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.chaos.check.Use.Outcome;
import io.quorate.chaos.check.UseBounds.Worst;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plants a use too many of each kind; and the bucket's one pass finds the same worst span as all spans looked at. */
final class UseBoundsTest {
    private static final long MILLI = 1_000_000L;
    private static final Limit BUCKET = new Limit(Algorithm.TOKEN_BUCKET, 10, 1_000, 4);
    private static final Limit WINDOW = Limit.of(Algorithm.FIXED_WINDOW, 4, 1_000);
    private static final Limit LOG = Limit.of(Algorithm.SLIDING_LOG, 4, 1_000);

    private final List<Use> uses = new ArrayList<>();

    private void use(long askedMillis, long answeredMillis, long tokens) {
        uses.add(new Use(askedMillis * MILLI, answeredMillis * MILLI, tokens, Outcome.GRANTED_BY_LEASE));
    }

    private long overBucket() {
        return UseBounds.bucket(BUCKET, uses).orElseThrow().over();
    }

    @Test
    void aBucketMayBeEmptiedAndThenUsedAtItsRate() {
        use(5_000, 5_000, 4);
        use(5_100, 5_100, 1);
        use(5_300, 5_300, 2);
        assertThat(overBucket()).isZero();
    }

    @Test
    void aTokenTooManyOfABucketIsFoundInWhateverSpanItIs() {
        use(0, 0, 1);
        use(60_000, 60_000, 4);
        use(60_090, 60_090, 1);
        Worst worst = UseBounds.bucket(BUCKET, uses).orElseThrow();
        assertThat(worst).isEqualTo(new Worst(60_000 * MILLI, 60_090 * MILLI, 5, 4));
    }

    @Test
    void aUseThatMayHaveBeenBeforeTheSpanOrAfterItAccusesNobody() {
        use(60_000, 60_000, 4);
        use(60_050, 60_150, 1);
        use(59_000, 60_010, 1);
        assertThat(overBucket()).isZero();
    }

    @Test
    void whatWasDeniedIsNoUse() {
        use(0, 0, 4);
        uses.add(new Use(1, 2, 3, Outcome.DENIED));
        uses.add(new Use(1, 2, 3, Outcome.UNKNOWN));
        assertThat(overBucket()).isZero();
        uses.add(new Use(1, 2, 3, Outcome.GRANTED_BY_LEADER));
        assertThat(overBucket()).isEqualTo(3);
    }

    @Test
    void theWorstSpanOfABucketIsTheWorstOfAll() {
        long seed = Long.getLong("seed", 20_261_124L);
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
        Random random = new Random(seed);
        for (int run = 0; run < 2_000; run++) {
            uses.clear();
            long at = random.nextInt(5_000);
            for (int i = 0, count = 1 + random.nextInt(25); i < count; i++) {
                at += random.nextInt(4) == 0 ? random.nextInt(300) : random.nextInt(3);
                use(at, at + random.nextInt(200), 1 + random.nextInt(3));
            }
            assertThat(overBucket() > 0).isEqualTo(anySpanIsOver());
        }
    }

    private boolean anySpanIsOver() {
        for (Use from : uses) {
            for (Use to : uses) {
                long span = to.answeredNanos() - from.askedNanos();
                long used = UseBounds.within(uses, from.askedNanos(), to.answeredNanos());
                // used > 4 + 10 tokens a second * (span * 1.0005 + 1 ms), in 2,000ths of a token times a nanosecond
                if (span >= 0 && (used - 4) * 1_000 * MILLI * 2_000 > 10 * (span * 2_001 + MILLI * 2_000)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void oneTooManyInASlidingPeriodIsFoundAndWhatIsOlderIsNot() {
        use(0, 0, 2);
        use(100, 1_100, 3);
        use(500, 500, 2);
        use(1_000, 1_000, 2);
        assertThat(UseBounds.slidingLog(LOG, uses).orElseThrow().over()).isZero();
        use(998, 998, 1);
        Worst worst = UseBounds.slidingLog(LOG, uses).orElseThrow();
        assertThat(worst.over()).isEqualTo(1);
    }

    @Test
    void oneTooManyInAWindowIsFoundAndWhatLiesOnItsEdgeIsNot() {
        UseBounds.LogTime lead = new UseBounds.LogTime() {
            @Override
            public long leastNanos(long nanos) {
                return nanos + 3_000_000 * MILLI - 2 * MILLI;
            }

            @Override
            public long mostNanos(long nanos) {
                return nanos + 3_000_000 * MILLI + 2 * MILLI;
            }
        };
        use(10, 10, 2);
        use(900, 990, 2);
        use(999, 999, 1);
        use(1, 1, 1);
        use(990, 1_001, 1);
        assertThat(UseBounds.fixedWindow(WINDOW, uses, lead).orElseThrow().over())
                .isZero();
        use(500, 500, 1);
        assertThat(UseBounds.fixedWindow(WINDOW, uses, lead).orElseThrow().over())
                .isEqualTo(1);
    }

    @Test
    void logTimeIsThatOfTheDecisionsAroundAMoment() {
        LogTimes times = new LogTimes();
        long unix = 1_764_000_000_000L;
        times.decided(unix + 50, 48 * MILLI, 52 * MILLI);
        times.decided(unix + 10, 9 * MILLI, 3_000 * MILLI); // it was answered late, which says nothing
        times.decided(unix + 90, 88 * MILLI, 93 * MILLI);
        times.decided(unix - 70, -75 * MILLI, -68 * MILLI);
        times.complete();
        assertThat(times.leastNanos(60 * MILLI)).isEqualTo((unix + 50) * MILLI);
        assertThat(times.mostNanos(60 * MILLI)).isEqualTo((unix + 91) * MILLI - 1);
        assertThat(times.leastNanos(52 * MILLI))
                .as("it may have been decided after that moment")
                .isEqualTo((unix - 70) * MILLI);
        assertThat(times.mostNanos(88 * MILLI)).isEqualTo(Long.MAX_VALUE);
        assertThat(times.leastNanos(-80 * MILLI)).isEqualTo(Long.MIN_VALUE);
        assertThat(times.mostNanos(-1_000 * MILLI)).isEqualTo((unix - 69) * MILLI - 1);
        assertThat(times.leastNanos(9_000 * MILLI)).isEqualTo((unix + 90) * MILLI);
    }

    @Test
    void whatLiesWhereLogTimeIsNotKnownIsNotJudgedAndNotCounted() {
        LogTimes times = new LogTimes();
        times.decided(100, 100 * MILLI, 101 * MILLI);
        times.decided(2_900, 2_900 * MILLI, 2_901 * MILLI);
        times.complete();
        use(200, 210, 9);
        assertThat(UseBounds.fixedWindow(WINDOW, uses, times)).isEmpty();
        assertThat(UseBounds.placed(WINDOW, uses, times)).isZero();
    }

    @Test
    void aLogGivesBackItsWholeRecords(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("a.uses");
        use(1, 2, 3);
        uses.add(new Use(-5, -4, 1, Outcome.UNKNOWN));
        try (UseLog log = new UseLog(file)) {
            for (Use use : uses) {
                log.append(use);
            }
        }
        Files.write(file, new byte[13], StandardOpenOption.APPEND);
        assertThat(UseLog.read(file)).isEqualTo(uses);
    }
}
