package io.quorate.core.algorithm;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.math.BigInteger;
import java.util.Random;

/** Draws limits: small ones that are hit often, everyday ones, and the largest that have a meter. */
final class RandomLimits {
    private static final long[] AMOUNTS = {1, 7, 10, 60, 100, 999, 5000, 100_000};
    private static final long[] PERIODS = {1, 10, 1000, 60_000, 3_600_000, 86_400_000};

    private RandomLimits() {}

    static Limit any(Random random, Algorithm algorithm) {
        return switch (random.nextInt(5)) {
            case 0, 1 -> fitted(algorithm, upTo(random, 10), upTo(random, 20), upTo(random, 10));
            case 2 -> fitted(algorithm, upTo(random, 2000), upTo(random, 100_000), upTo(random, 2000));
            case 3 -> fitted(algorithm, pick(random, AMOUNTS), pick(random, PERIODS), pick(random, AMOUNTS));
            default ->
                fitted(
                        algorithm,
                        Limit.AMOUNT_MAX - upTo(random, 1L << random.nextInt(39)) + 1,
                        Limit.PERIOD_MILLIS_MAX - upTo(random, 1L << random.nextInt(41)) + 1,
                        Limit.AMOUNT_MAX);
        };
    }

    static Limit anyAlgorithm(Random random) {
        return any(random, Algorithm.values()[random.nextInt(Algorithm.values().length)]);
    }

    /** 1 to {@code max}, both included. */
    static long upTo(Random random, long max) {
        return 1 + Math.floorMod(random.nextLong(), max);
    }

    private static long pick(Random random, long[] values) {
        return values[random.nextInt(values.length)];
    }

    /** The limit with amount and burst lowered to the largest that the algorithm accepts. */
    static Limit fitted(Algorithm algorithm, long amount, long periodMillis, long burst) {
        return switch (algorithm) {
            case TOKEN_BUCKET, GCRA -> {
                long divisor = BigInteger.valueOf(amount)
                        .gcd(BigInteger.valueOf(periodMillis))
                        .longValueExact();
                long burstMax = (1L << 61) / (periodMillis / divisor);
                yield new Limit(algorithm, amount, periodMillis, Math.min(burst, burstMax));
            }
            case SLIDING_WINDOW -> Limit.of(algorithm, Math.min(amount, (1L << 61) / periodMillis), periodMillis);
            case CONCURRENCY -> Limit.of(algorithm, Math.min(amount, Limit.PERMITS_MAX), periodMillis);
            case FIXED_WINDOW, SLIDING_LOG -> Limit.of(algorithm, amount, periodMillis);
        };
    }
}
