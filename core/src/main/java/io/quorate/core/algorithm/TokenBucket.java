package io.quorate.core.algorithm;

import io.quorate.core.quota.Limit;

/**
 * A bucket of {@code burst} tokens that is full at rest and refilled continuously by {@code amount} tokens per
 * {@code period}.
 *
 * <p>A limit of 60 per 60,000 ms with burst 20: 20 tokens go at once, then one every 1,000 ms; after 500 ms half
 * a token is there and nothing is granted, after 1,000 ms exactly one. In any span of {@code w} milliseconds at
 * most {@code burst + amount * w / period} tokens are taken.
 */
final class TokenBucket extends BucketMeter {
    TokenBucket(Limit limit) {
        super(limit);
    }
}
