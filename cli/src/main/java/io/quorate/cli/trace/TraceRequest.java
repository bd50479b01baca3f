package io.quorate.cli.trace;

import io.quorate.core.rule.Descriptor;
import java.util.Optional;

/**
 * One recorded request.
 *
 * @param line where it stands in the trace, from 1
 * @param timeMillis when it arrived, as recorded
 * @param cost tokens; 0 for a request that takes nothing
 */
public record TraceRequest(long line, long timeMillis, long cost, Descriptor descriptor) {
    private static final long COST_MAX = 1_000_000_000L;

    /** The same request with another cost, if one is given. Throws {@link IllegalArgumentException} if it can't be. */
    public TraceRequest costing(Optional<Long> other) {
        if (other.isEmpty()) {
            return this;
        }
        if (other.get() < 0 || other.get() > COST_MAX) {
            throw new IllegalArgumentException(
                    "the cost of every request must be 0 to " + COST_MAX + ", not " + other.get());
        }
        return new TraceRequest(line, timeMillis, other.get(), descriptor);
    }
}
