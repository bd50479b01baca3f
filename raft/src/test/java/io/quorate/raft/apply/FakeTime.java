package io.quorate.raft.apply;

import java.util.concurrent.TimeUnit;

/** True time, moved by hand, and nodes' clocks that run by it: each with its own origin, rate and wall error. */
final class FakeTime {
    private long trueNanos;

    void advanceMillis(long millis) {
        advanceNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    void advanceNanos(long nanos) {
        trueNanos += nanos;
    }

    long trueMillis() {
        return TimeUnit.NANOSECONDS.toMillis(trueNanos);
    }

    /**
     * A node's clocks.
     *
     * @param originNanos what its monotonic clock shows at true time 0
     * @param ratePpm how much faster than true time it runs, in millionths
     */
    Node node(long originNanos, long ratePpm) {
        return new Node(originNanos, ratePpm);
    }

    /** One node's monotonic clock and wall clock. */
    final class Node {
        private final long originNanos;
        private final long ratePpm;
        private long wallErrorMillis;

        private Node(long originNanos, long ratePpm) {
            this.originNanos = originNanos;
            this.ratePpm = ratePpm;
        }

        void wallErrorMillis(long millis) {
            wallErrorMillis = millis;
        }

        long monotonicNanos() {
            return originNanos + trueNanos + trueNanos / 1_000_000 * ratePpm;
        }

        long wallMillis() {
            return trueMillis() + wallErrorMillis;
        }

        /** A group clock that has just started on this node. */
        GroupClock clock() {
            return new GroupClock(this::monotonicNanos, this::wallMillis);
        }
    }
}
