package io.quorate.client.lease;

import java.util.OptionalLong;

/**
 * Batches of a fixed size, to compare with: asks for a batch when a quarter of one is left, one renewal at a time,
 * and waits 10 ms when the leader has nothing (THEORY 6.4).
 */
public final class FixedSizing implements Sizing {
    private static final long RETRY_NANOS = 10_000_000L;
    private static final long TICK_NANOS = 50_000_000L;
    private static final long VALID_FIRST_NANOS = 3_000_000_000L;

    private final RateEstimate rate;
    private final long batchTokens;
    private long validNanos = VALID_FIRST_NANOS;
    private long denyUntilNanos;
    private boolean empty;

    private FixedSizing(long batchTokens, long nowNanos) {
        this.batchTokens = batchTokens;
        this.rate = new RateEstimate(0, nowNanos);
    }

    /** The policy that asks for so many tokens at once. */
    public static SizingPolicy of(long batchTokens) {
        if (batchTokens < 1) {
            throw new IllegalArgumentException("a batch is 1 token or more, not " + batchTokens);
        }
        return (LeaseTarget target, RenewLatency latency, long nowNanos) -> new FixedSizing(batchTokens, nowNanos);
    }

    @Override
    public void observe(long nowNanos, long demandTokens) {
        rate.observe(nowNanos, demandTokens);
    }

    @Override
    public void replied(long nowNanos, Renewal asked, RenewalReply reply) {
        validNanos = reply.validMillis() * 1_000_000L;
        boolean wanted = asked.need() + asked.want() > 0;
        empty = wanted && (reply.granted() == 0 || reply.granted() < asked.need());
        if (empty) {
            denyUntilNanos = nowNanos + RETRY_NANOS;
        }
    }

    @Override
    public Move whenAsked(Holding holding) {
        boolean may = !holding.inFlight() && !denied(holding.nowNanos());
        boolean low = holding.tokens() <= batchTokens / 4 || holding.waiting() > 0 || holding.lacking();
        // The batch is for the waiting too: ask for no more than one.
        return may && low ? Move.ask(Math.max(0, batchTokens - holding.waiting())) : Move.NONE;
    }

    @Override
    public Move whenTicked(Holding holding) {
        boolean ending = holding.validUntilNanos() - holding.nowNanos() < validNanos / 3;
        if (holding.inFlight() || !ending || holding.tokens() + holding.unreported() == 0) {
            return Move.NONE;
        }
        // Wanted by somebody: keep it; else give it back before it is lost.
        return rate.perSecond() * validNanos * 1e-9 >= 1 ? Move.ask(0) : Move.giveBack(holding.tokens());
    }

    @Override
    public Move whenPolled(Holding holding) {
        return Move.NONE;
    }

    @Override
    public Move whenRecalled(Holding holding) {
        return holding.tokens() > 0 && !holding.inFlight() ? Move.giveBack(holding.tokens()) : Move.NONE;
    }

    @Override
    public OptionalLong pollAtNanos() {
        return OptionalLong.empty();
    }

    @Override
    public long tickNanos() {
        return TICK_NANOS;
    }

    @Override
    public long lowTokens() {
        return batchTokens / 4;
    }

    @Override
    public Denial denial(Holding holding) {
        return denied(holding.nowNanos())
                ? new Denial(true, denyUntilNanos, Long.MAX_VALUE, denyUntilNanos)
                : Denial.NONE;
    }

    private boolean denied(long nowNanos) {
        return empty && nowNanos - denyUntilNanos < 0;
    }

    @Override
    public boolean contended() {
        return empty;
    }

    @Override
    public double ratePerSecond() {
        return rate.perSecond();
    }

    @Override
    public long validNanos() {
        return validNanos;
    }
}
