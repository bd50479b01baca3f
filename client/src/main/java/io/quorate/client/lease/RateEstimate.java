package io.quorate.client.lease;

/**
 * The rate of one counter's demand, by three exponential kernels: the longest window that no shorter one
 * contradicts, and its held peak. Policy QAL's estimate (THEORY 6.2). Confined to the loop.
 *
 * <p>It is told counts at ticks; between two of them the demand is taken as even.
 */
final class RateEstimate {
    /** The widest disagreement between two windows that is taken for chance; standard deviations (zc). */
    private static final double CHANCE = 2.5;
    /** How far below the fast window's rate a peak is held: standard deviations. */
    private static final double PEAK_CHANCE = 2;

    private final double fastSeconds;
    private final double middleSeconds;
    private final double slowSeconds;
    private final double peakSeconds;
    private double fast;
    private double middle;
    private double slow;
    private double peak;
    private long atNanos;
    private long seen;

    /** An estimate of zero; {@code horizonMaxSeconds} is the longest that tokens are meant to last. */
    RateEstimate(double horizonMaxSeconds, long nowNanos) {
        this.fastSeconds = Math.max(0.1, horizonMaxSeconds / 3);
        this.middleSeconds = 4 * fastSeconds;
        this.slowSeconds = 20 * fastSeconds;
        this.peakSeconds = Math.min(600, Math.max(20, 200 * fastSeconds));
        this.atNanos = nowNanos;
    }

    /** Tells the demand since the beginning. */
    void observe(long nowNanos, long total) {
        double seconds = (nowNanos - atNanos) * 1e-9;
        if (seconds <= 0) {
            return;
        }
        double rate = (total - seen) / seconds;
        fast = decay(fast, rate, seconds, fastSeconds);
        middle = decay(middle, rate, seconds, middleSeconds);
        slow = decay(slow, rate, seconds, slowSeconds);
        peak = Math.max(
                peak * Math.exp(-seconds / peakSeconds), fast - PEAK_CHANCE * Math.sqrt(fast / (2 * fastSeconds)));
        atNanos = nowNanos;
        seen = total;
    }

    private static double decay(double old, double rate, double seconds, double tau) {
        double kept = Math.exp(-seconds / tau);
        return old * kept + rate * (1 - kept);
    }

    /** The expected demand; tokens per second. */
    double perSecond() {
        double rate = clamp(clamp(slow, middle, middleSeconds), fast, fastSeconds);
        return Math.max(0, rate);
    }

    /** The highest demand lately; tokens per second. */
    double peakPerSecond() {
        return Math.max(0, peak);
    }

    private static double clamp(double rate, double shorter, double tau) {
        double deviation = CHANCE * Math.sqrt((shorter + 1 / tau) / (2 * tau));
        return Math.min(shorter + deviation, Math.max(shorter - deviation, rate));
    }
}
