package io.quorate.client.lease;

import io.quorate.core.quota.Limit;
import java.util.OptionalLong;

/**
 * Policy QAL, the client's part (THEORY 6.2): holds what the horizon needs by the measured rate, asks in the
 * background before that runs out, and denies where asked while the leader says that others want the tokens.
 */
final class AdaptiveSizing implements Sizing {
    static final SizingPolicy POLICY = AdaptiveSizing::new;

    /** Tokens above the mean that are held for chance, in standard deviations (z). */
    private static final double SPARE = 1.5;
    /** The part of the target at which more is asked for at the latest. */
    private static final double LOW_PART = 0.6;
    /** Of the peak's demand in the time that a renewal takes, held where there is room: for a burst that begins, */
    private static final double PEAK_HELD = 3;
    /** and when more is asked for. */
    private static final double PEAK_LOW = 1.5;
    /** Surplus up to so many tokens, or half the target, is kept. */
    private static final double SURPLUS_TOKENS = 8;
    /** The horizon's bounds (THEORY 6.3). */
    private static final double HORIZON_MAX_SECONDS = 20;

    private static final double HORIZON_CEILING_MIN_SECONDS = 0.02;
    /** Of the time that refills the burst: the horizon's ceiling, and where the leader begins. */
    private static final double HORIZON_PART = 0.5;

    private static final double HORIZON_FIRST_PART = 0.3;
    /** The validity until the leader tells one: its least (THEORY 6.3). */
    private static final double VALID_MIN_SECONDS = 3;

    /** A lease is kept alive so long before its end, or a third of its life: time for another leader to come. */
    private static final double ENDING_SECONDS_MAX = 4;

    private static final long TICK_MIN_NANOS = 50_000_000L;
    private static final long TICK_MAX_NANOS = 1_000_000_000L;
    private static final int TICKS_PER_HORIZON = 8;
    /** Until the loop says something else. */
    private static final long FOR_GOOD_NANOS = Long.MAX_VALUE / 4;

    private final RateEstimate rate;
    private final RenewLatency latency;
    private final long tokensMax;
    private double horizonSeconds;
    private double validSeconds;
    private boolean contended;
    private boolean roomy;
    /** Whether to look at {@link #nextPollNanos} even if nobody asks. */
    private boolean polls;

    private long nextPollNanos;
    private long nextAskNanos;

    AdaptiveSizing(LeaseTarget target, RenewLatency latency, long nowNanos) {
        Limit limit = target.limit();
        double refillSeconds = (double) limit.burst() / limit.amount() * limit.periodMillis() * 1e-3;
        double ceiling =
                Math.min(HORIZON_MAX_SECONDS, Math.max(HORIZON_CEILING_MIN_SECONDS, HORIZON_PART * refillSeconds));
        this.rate = new RateEstimate(ceiling, nowNanos);
        this.latency = latency;
        this.horizonSeconds = HORIZON_FIRST_PART * ceiling;
        long ttlMillis = target.leaseTerms().ttlMillis();
        this.validSeconds = ttlMillis > 0 ? ttlMillis * 1e-3 : Math.max(VALID_MIN_SECONDS, 1.5 * ceiling);
        this.tokensMax = target.tokensMax();
        this.nextPollNanos = nowNanos;
        this.nextAskNanos = nowNanos;
    }

    @Override
    public void observe(long nowNanos, long demandTokens) {
        rate.observe(nowNanos, demandTokens);
    }

    @Override
    public void replied(long nowNanos, Renewal asked, RenewalReply reply) {
        if (reply.horizonMillis() > 0) {
            horizonSeconds = reply.horizonMillis() * 1e-3;
        }
        if (reply.validMillis() > 0) {
            validSeconds = reply.validMillis() * 1e-3;
        }
        // Who asked for nothing isn't told whether there is anything: what was said before holds as long as it was to.
        boolean asksNothing = asked.need() + asked.want() == 0;
        boolean stays = contended && asksNothing && nowNanos - nextPollNanos < 0;
        contended = reply.contended() || stays;
        roomy = reply.roomy();
        if (reply.contended()) {
            nextPollNanos = nowNanos + reply.retryAfterMillis() * 1_000_000L;
        }
        polls = contended && targetTokens() >= 1;
        if (reply.granted() - reply.consumed() < asked.want()) {
            // It gave less than asked for: asking again at once would bring nothing.
            nextAskNanos = nowNanos + (long) (horizonSeconds / 4 * 1e9);
        }
    }

    /** W: what should be held; below 1 nothing, and every request asks. */
    double targetTokens() {
        double expected = rate.perSecond();
        double mean = expected * horizonSeconds;
        double target = 0;
        if (mean >= 1) {
            target = mean + SPARE * Math.sqrt(mean);
        } else if (roomy && (expected * validSeconds > 1 || rate.peakPerSecond() * validSeconds > 2)) {
            target = 1;
        }
        if (!contended) {
            double burst = PEAK_HELD * rate.peakPerSecond() * latency.p99Seconds();
            if (burst >= 1) {
                target = Math.max(target, burst);
            }
        }
        return Math.min(tokensMax, target);
    }

    private double lowTokens(double target) {
        double whileAsking = rate.perSecond() * latency.p99Seconds();
        double low = whileAsking + 2 * Math.sqrt(whileAsking);
        if (!contended) {
            low = Math.max(low, PEAK_LOW * rate.peakPerSecond() * latency.p99Seconds());
        }
        return Math.min(LOW_PART * target, low);
    }

    @Override
    public Move whenAsked(Holding holding) {
        if (holding.inFlight()) {
            return Move.NONE;
        }
        double target = targetTokens();
        double more = target - holding.tokens();
        boolean low = holding.tokens() <= lowTokens(target) || holding.tokens() < 1;
        if (contended) {
            if (holding.nowNanos() - nextPollNanos < 0) {
                polls |= target >= 1;
                return Move.NONE;
            }
            if (target < 1) {
                return holding.waiting() > 0 ? Move.ask(0) : Move.NONE;
            }
            return low || holding.lacking() || holding.waiting() > 0 ? Move.ask(more) : Move.NONE;
        }
        if (holding.waiting() > 0) {
            // Slow start: as long as the estimate lags behind, twice what waits is asked for on top.
            return Move.ask(target >= 1 ? Math.min(tokensMax, Math.max(more, 2.0 * holding.waiting())) : more);
        }
        boolean due = target >= 1 && low && holding.nowNanos() - nextAskNanos >= 0;
        return due ? Move.ask(Math.max(1, more)) : Move.NONE;
    }

    @Override
    public Move whenPolled(Holding holding) {
        polls = false;
        boolean release =
                contended && !holding.inFlight() && holding.nowNanos() - nextPollNanos >= 0 && targetTokens() < 1;
        // The leader keeps a share for who wants some: it is told that this client wants none any more.
        return release ? Move.ask(0) : whenAsked(holding);
    }

    @Override
    public Move whenTicked(Holding holding) {
        if (holding.inFlight()) {
            return Move.NONE;
        }
        double target = targetTokens();
        double endingSeconds = Math.min(ENDING_SECONDS_MAX, validSeconds / 3);
        boolean ending = holding.validUntilNanos() - holding.nowNanos() < endingSeconds * 1e9;
        boolean early = contended && holding.nowNanos() - nextPollNanos < 0;
        if (holding.tokens() > 0 && ending && target >= 1 && holding.nowNanos() - nextAskNanos >= 0) {
            return Move.ask(early ? 0 : target - holding.tokens()); // what is held would end as if it were spent
        }
        if (target < 1 && ending && holding.tokens() + holding.unreported() > 0) {
            // Idle: what isn't told now counts as outstanding, then as spent.
            return Move.giveBack(holding.tokens());
        }
        if (holding.tokens() - target > Math.max(SURPLUS_TOKENS, target / 2)) {
            return Move.giveBack((long) Math.floor(holding.tokens() - target - 1));
        }
        return early ? Move.NONE : whenAsked(holding);
    }

    @Override
    public Move whenRecalled(Holding holding) {
        long surplus = holding.tokens() - (long) Math.ceil(targetTokens());
        return surplus > 0 && !holding.inFlight() ? Move.giveBack(surplus) : Move.NONE;
    }

    @Override
    public OptionalLong pollAtNanos() {
        return polls ? OptionalLong.of(nextPollNanos) : OptionalLong.empty();
    }

    @Override
    public long tickNanos() {
        long nanos = (long) (horizonSeconds / TICKS_PER_HORIZON * 1e9);
        return Math.min(TICK_MAX_NANOS, Math.max(TICK_MIN_NANOS, nanos));
    }

    @Override
    public long lowTokens() {
        return (long) Math.floor(lowTokens(targetTokens()));
    }

    @Override
    public Denial denial(Holding holding) {
        if (!contended) {
            return Denial.NONE;
        }
        double target = targetTokens();
        // Those end it: a reply, a poll, a pocket that runs low or ends. Else nobody would, but the time.
        boolean ends = holding.inFlight() || target >= 1 && (polls || holding.tokens() > 0);
        if (ends) {
            return new Denial(true, holding.nowNanos() + FOR_GOOD_NANOS, (long) Math.max(1, target), nextPollNanos);
        }
        boolean early = holding.nowNanos() - nextPollNanos < 0;
        return early ? new Denial(true, nextPollNanos, 0, nextPollNanos) : Denial.NONE;
    }

    @Override
    public boolean contended() {
        return contended;
    }

    @Override
    public double ratePerSecond() {
        return rate.perSecond();
    }

    @Override
    public long validNanos() {
        return (long) (validSeconds * 1e9);
    }
}
