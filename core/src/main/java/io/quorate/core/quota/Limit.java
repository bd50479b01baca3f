package io.quorate.core.quota;

/**
 * How much may be taken from one counter.
 *
 * @param algorithm how usage is counted
 * @param amount tokens per period (token bucket, GCRA), per window (windows), or permits held at once
 *     (concurrency); 1 to {@value #AMOUNT_MAX}
 * @param periodMillis the refill period, the window's length or, for concurrency, the time after which a
 *     permit that was never released is free again; milliseconds, 1 to {@value #PERIOD_MILLIS_MAX}
 * @param burst tokens that may be taken at once from rest (token bucket, GCRA); the other algorithms have
 *     no burst, and theirs equals {@code amount}; 1 to {@value #AMOUNT_MAX}
 */
public record Limit(Algorithm algorithm, long amount, long periodMillis, long burst) {
    public static final long AMOUNT_MAX = 1_000_000_000_000L;
    /** One hundred years of 365 days. */
    public static final long PERIOD_MILLIS_MAX = 100L * 365 * 24 * 3600 * 1000;
    /** A concurrency counter keeps a record for each holder, so its amount is bounded. */
    public static final long PERMITS_MAX = 4096;

    public Limit {
        if (amount < 1 || amount > AMOUNT_MAX) {
            throw new IllegalArgumentException("amount must be 1 to " + AMOUNT_MAX + ", not " + amount);
        }
        if (periodMillis < 1 || periodMillis > PERIOD_MILLIS_MAX) {
            throw new IllegalArgumentException(
                    "period must be 1 ms to " + PERIOD_MILLIS_MAX + " ms (100 years), not " + periodMillis + " ms");
        }
        if (burst < 1 || burst > AMOUNT_MAX) {
            throw new IllegalArgumentException("burst must be 1 to " + AMOUNT_MAX + ", not " + burst);
        }
        boolean bucket = algorithm == Algorithm.TOKEN_BUCKET || algorithm == Algorithm.GCRA;
        if (!bucket && burst != amount) {
            throw new IllegalArgumentException(algorithm.label() + " has no burst; leave it out");
        }
        if (algorithm == Algorithm.CONCURRENCY && amount > PERMITS_MAX) {
            throw new IllegalArgumentException(
                    "amount of a concurrency limit must be 1 to " + PERMITS_MAX + ", not " + amount);
        }
    }

    /** A limit whose burst is its amount, the default of every algorithm. */
    public static Limit of(Algorithm algorithm, long amount, long periodMillis) {
        return new Limit(algorithm, amount, periodMillis, amount);
    }

    /** The largest cost that can ever be granted: the burst of a bucket, the amount of the others. */
    public long capacity() {
        return burst;
    }
}
