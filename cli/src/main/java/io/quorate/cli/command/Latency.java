package io.quorate.cli.command;

import java.util.Locale;

/** How latencies are shown. */
final class Latency {
    private Latency() {}

    /** Microseconds for people: {@code 850 us}, {@code 12.3 ms}, {@code 1.50 s}. */
    static String text(long micros) {
        if (micros < 1_000) {
            return micros + " us";
        }
        if (micros < 1_000_000) {
            return String.format(Locale.ROOT, "%.1f ms", micros / 1e3);
        }
        return String.format(Locale.ROOT, "%.2f s", micros / 1e6);
    }
}
