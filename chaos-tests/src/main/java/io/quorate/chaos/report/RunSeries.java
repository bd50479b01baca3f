package io.quorate.chaos.report;

import io.quorate.chaos.history.Asked;
import io.quorate.chaos.history.FaultRecord;
import io.quorate.chaos.history.HistoryVisitor;
import io.quorate.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A history second by second: how many operations ended how, and how long they took; and all faults. */
final class RunSeries implements HistoryVisitor {
    private static final long SECOND = 1_000_000_000L;
    /** Buckets of latencies: a tenth of a power of ten each, from 10 microseconds on. */
    private static final int BUCKETS = 80;

    /** One second. */
    static final class Second {
        private long granted;
        private long denied;
        private long failed;
        private long unknown;
        private final long[] latencies = new long[BUCKETS];

        long granted() {
            return granted;
        }

        long denied() {
            return denied;
        }

        long failed() {
            return failed;
        }

        long unknown() {
            return unknown;
        }

        long all() {
            return granted + denied + failed + unknown;
        }

        /** In milliseconds, at the upper end of its bucket; 0 if there was nothing. */
        double latencyMillis(double share) {
            long count = Arrays.stream(latencies).sum();
            long seen = 0;
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                seen += latencies[bucket];
                if (count > 0 && seen >= Math.max(1, Math.ceil(share * count))) {
                    return 0.01 * Math.pow(10, (bucket + 1) / 10.0);
                }
            }
            return 0;
        }
    }

    private final TreeMap<Long, Second> seconds = new TreeMap<>();
    private final List<FaultRecord> faults = new ArrayList<>();
    private final TreeMap<String, String> notes = new TreeMap<>();
    private final List<String> troubles = new ArrayList<>();
    private final Map<Asked.Kind, Long> kinds = new TreeMap<>();
    private long firstNanos = Long.MAX_VALUE;
    private long lastNanos = Long.MIN_VALUE;
    private long finalNanos;
    private boolean isFinal;
    private long unknown;
    private long operations;

    @Override
    public void note(String name, String value) {
        if (name.equals("trouble")) {
            troubles.add(value);
        } else {
            notes.put(name, value);
        }
        isFinal |= name.equals("phase") && value.equals("final");
    }

    @Override
    public void fault(FaultRecord fault) {
        faults.add(fault);
    }

    @Override
    public void operation(Operation operation) {
        operations++;
        kinds.merge(operation.asked().kind(), 1L, Long::sum);
        unknown += operation.isInfo() ? 1 : 0;
        firstNanos = Math.min(firstNanos, operation.invokedNanos());
        long ended = operation.answer().returnedNanos();
        if (ended == Operation.NEVER) {
            return;
        }
        lastNanos = Math.max(lastNanos, ended);
        if (isFinal && finalNanos == 0) {
            finalNanos = operation.invokedNanos();
        }
        Second second = seconds.computeIfAbsent(ended / SECOND, s -> new Second());
        switch (operation.answer().status()) {
            case OK -> {
                second.granted += operation.answer().allowed() ? 1 : 0;
                second.denied += operation.answer().allowed() ? 0 : 1;
                second.latencies[bucket(ended - operation.invokedNanos())]++;
            }
            case FAIL -> second.failed++;
            case INFO -> second.unknown++;
        }
    }

    private static int bucket(long nanos) {
        int bucket = (int) Math.floor(10 * Math.log10(Math.max(1, nanos / 10_000.0)));
        return Math.max(0, Math.min(BUCKETS - 1, bucket));
    }

    /** By second of the harness's clock. */
    TreeMap<Long, Second> seconds() {
        return seconds;
    }

    List<FaultRecord> faults() {
        return faults;
    }

    TreeMap<String, String> notes() {
        return notes;
    }

    List<String> troubles() {
        return troubles;
    }

    Map<Asked.Kind, Long> kinds() {
        return kinds;
    }

    long firstNanos() {
        return firstNanos == Long.MAX_VALUE ? 0 : firstNanos;
    }

    long lastNanos() {
        return Math.max(lastNanos, firstNanos());
    }

    /** When the final phase began; 0 if there was none. */
    long finalNanos() {
        return finalNanos;
    }

    long operations() {
        return operations;
    }

    long unknown() {
        return unknown;
    }
}
