package io.quorate.benchmarks;

import java.util.List;

/** What Quorate is to reach beside its peers. */
final class PeerGoals {
    static final List<String> LINES = List.of(
            "1,024 in flight: at least 150,000 decisions/s",
            "1 hot key, 1,024 in flight: at least 3 times Redis with fsync",
            "1 hot key, 64 and 1,024 in flight: at least 100 times Bucket4j on Redis",
            "1 in flight: p50 at most 2 fdatasyncs of the same disk + 2 ms",
            "64 callers: at least 20,000 decisions/s");

    private static final String OURS = "quorate";

    private PeerGoals() {}

    /** The median rate and the median latency of one side in one cell, named as the table names them. */
    record Seen(String cell, String side, double perSecond, double p50Millis) {
        boolean in(String load) {
            return cell.endsWith(", " + load);
        }
    }

    /** Judges what was measured; what wasn't has no goal. */
    static void judge(Goals goals, List<Seen> all, double fdatasyncMillis) {
        for (Seen seen : all) {
            if (seen.side().equals(OURS)) {
                judge(goals, seen, fdatasyncMillis);
            } else if (seen.cell().startsWith("1 hot key")) {
                all.stream()
                        .filter(ours -> ours.side().equals(OURS) && ours.cell().equals(seen.cell()))
                        .forEach(ours -> against(goals, ours, seen));
            }
        }
    }

    private static void judge(Goals goals, Seen seen, double fdatasyncMillis) {
        if (seen.in("1024 in flight")) {
            goals.atLeast(seen.cell(), 150_000, seen.perSecond(), "decisions/s");
        } else if (seen.in("1 in flight")) {
            goals.atMost(seen.cell() + ", p50", 2 * fdatasyncMillis + 2, seen.p50Millis(), "ms");
        } else if (seen.in("64 callers")) {
            goals.atLeast(seen.cell(), 20_000, seen.perSecond(), "decisions/s");
        }
    }

    private static void against(Goals goals, Seen ours, Seen peer) {
        double times = ours.perSecond() / peer.perSecond();
        if (peer.side().equals("redis-gcra") && peer.in("1024 in flight")) {
            goals.atLeast(ours.cell() + " against " + peer.side(), 3, times, "times");
        } else if (peer.side().equals("bucket4j-redis") && (peer.in("1024 in flight") || peer.in("64 in flight"))) {
            goals.atLeast(ours.cell() + " against " + peer.side(), 100, times, "times");
        }
    }
}
