package io.quorate.core.algorithm;

import io.quorate.core.quota.Limit;

/**
 * The generic cell rate algorithm: tokens are due one emission interval, {@code period / amount}, apart, and up
 * to {@code burst} of them may come early.
 *
 * <p>A limit of 7 per 1,000 ms with burst 1: the emission interval is 142 6/7 ms and is never rounded, so after
 * a token at 0 the next fits at 143 and the seventh after it at 1,000. In any span of {@code w} milliseconds at
 * most {@code burst + amount * w / period} tokens are taken.
 */
final class Gcra extends BucketMeter {
    Gcra(Limit limit) {
        super(limit);
    }
}
