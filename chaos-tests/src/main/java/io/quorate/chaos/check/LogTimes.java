package io.quorate.chaos.check;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * What a group's log time was at a moment of the harness's clock, as far as its answers tell: log time never goes back,
 * so it was at least that of each decision that had been answered, and at most that of each that was asked for later.
 *
 * <p>Where the group decided nothing for a while the two are far apart, and what lies there is judged by nobody.
 */
final class LogTimes implements UseBounds.LogTime {
    private static final long NEVER = Long.MIN_VALUE;
    private static final long LATER = Long.MAX_VALUE;
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /** By millisecond of the harness's clock, from the first one seen: the latest answered, the earliest asked for. */
    private long[] answered = new long[0];

    private long[] asked = new long[0];
    private long origin;
    private boolean ready;

    /** A decision with this log time was made between the two. */
    void decided(long logTimeMillis, long askedNanos, long answeredNanos) {
        int from = place(Math.floorDiv(askedNanos, MILLI));
        asked[from] = Math.min(asked[from], logTimeMillis);
        // It was answered by the end of this millisecond, and so before the next one.
        int to = place(Math.floorDiv(answeredNanos, MILLI) + 1);
        answered[to] = Math.max(answered[to], logTimeMillis);
    }

    private int place(long millis) {
        if (asked.length == 0) {
            origin = millis;
            grow(0, 1 << 12);
        } else if (millis < origin) {
            int more = Math.toIntExact(Math.max(origin - millis, asked.length / 2));
            grow(more, asked.length + more);
            origin -= more;
        } else if (millis - origin >= asked.length) {
            grow(0, Math.toIntExact(Math.max(millis - origin + 1, asked.length * 2L)));
        }
        return Math.toIntExact(millis - origin);
    }

    private void grow(int shift, int length) {
        long[] more = new long[length];
        Arrays.fill(more, LATER);
        System.arraycopy(asked, 0, more, shift, asked.length);
        asked = more;
        more = new long[length];
        Arrays.fill(more, NEVER);
        System.arraycopy(answered, 0, more, shift, answered.length);
        answered = more;
    }

    /** All decisions are told. */
    void complete() {
        for (int i = 1; i < answered.length; i++) {
            answered[i] = Math.max(answered[i], answered[i - 1]);
        }
        for (int i = asked.length - 2; i >= 0; i--) {
            asked[i] = Math.min(asked[i], asked[i + 1]);
        }
        ready = true;
    }

    @Override
    public long leastNanos(long nanos) {
        long millis = Math.floorDiv(nanos, MILLI) - origin;
        requireReady();
        if (asked.length == 0 || millis < 0) {
            return Long.MIN_VALUE;
        }
        long least = answered[(int) Math.min(millis, answered.length - 1)];
        return least == NEVER ? Long.MIN_VALUE : least * MILLI;
    }

    @Override
    public long mostNanos(long nanos) {
        long millis = Math.floorDiv(nanos, MILLI) - origin + 1;
        requireReady();
        if (millis >= asked.length) {
            return Long.MAX_VALUE;
        }
        long most = asked[(int) Math.max(millis, 0)];
        // A stamp is rounded down.
        return most == LATER ? Long.MAX_VALUE : (most + 1) * MILLI - 1;
    }

    private void requireReady() {
        if (!ready) {
            throw new IllegalStateException("not all decisions are told yet");
        }
    }
}
