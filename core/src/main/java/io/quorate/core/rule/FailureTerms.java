package io.quorate.core.rule;

import io.quorate.core.quota.Limit;

/**
 * What a client answers for a rule when the cluster can't be reached and no lease covers the request: it denies,
 * or it allows so much in each period. Every client does so on its own, knowing nothing of the others; what it
 * allows is not counted.
 *
 * @param amount tokens that each client may allow in a period, 1 to {@value Limit#AMOUNT_MAX}; 0: it denies
 * @param periodMillis the period, 1 to {@value Limit#PERIOD_MILLIS_MAX} milliseconds; 0 if it denies
 */
public record FailureTerms(long amount, long periodMillis) {
    /** Nothing is allowed that the cluster didn't allow. */
    public static final FailureTerms DENY = new FailureTerms(0, 0);

    public FailureTerms {
        boolean denies = amount == 0 && periodMillis == 0;
        if (!denies && (amount < 1 || amount > Limit.AMOUNT_MAX)) {
            throw new IllegalArgumentException(
                    "on-unavailable allow must be 1 to " + Limit.AMOUNT_MAX + ", not " + amount);
        }
        if (!denies && (periodMillis < 1 || periodMillis > Limit.PERIOD_MILLIS_MAX)) {
            throw new IllegalArgumentException("on-unavailable period must be 1 ms to " + Limit.PERIOD_MILLIS_MAX
                    + " ms (100 years), not " + periodMillis + " ms");
        }
    }

    /** Whether nothing is allowed. */
    public boolean denies() {
        return amount == 0;
    }
}
