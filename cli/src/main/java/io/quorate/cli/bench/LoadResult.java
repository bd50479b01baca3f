package io.quorate.cli.bench;

import org.HdrHistogram.Histogram;

/**
 * What one load gave.
 *
 * @param decisions granted and denied
 * @param unknown answered, but without a decision
 * @param seconds how long it was measured
 * @param latencyMicros from sending to the answer; microseconds
 */
public record LoadResult(long decisions, long unknown, double seconds, Histogram latencyMicros) {
    public double perSecond() {
        return decisions / seconds;
    }
}
