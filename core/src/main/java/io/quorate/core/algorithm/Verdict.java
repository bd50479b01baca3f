package io.quorate.core.algorithm;

import io.quorate.core.quota.CounterState;

/**
 * What a limit says of one request.
 *
 * @param allowed whether the cost fits
 * @param next the state after it: charged if allowed, else unchanged in meaning
 * @param remaining whole tokens that could still be taken at once after this, at the same log time; 0 or more
 * @param retryAfterMillis 0 if allowed; else the least time after which the same cost would fit if nothing
 *     else is taken meanwhile, in milliseconds, or {@link #NEVER} if the cost is more than the capacity
 * @param resetAfterMillis time until the counter would be as fresh, in milliseconds; 0 or more
 */
public record Verdict(
        boolean allowed, CounterState next, long remaining, long retryAfterMillis, long resetAfterMillis) {
    /** A cost that can never be granted, whenever it is tried. */
    public static final long NEVER = -1;
}
