package io.quorate.server.lease;

import io.quorate.core.lease.Leasing;
import io.quorate.core.quota.Limit;
import java.util.LinkedHashMap;
import java.util.Map;

/*
 * Policy QAL, the leader's half (docs/leases.md). One counter has a refill rate r and a burst B; for a window both come
 * from its amount and length. H, the horizon, is for how long a holder's tokens should last: as long as at most
 * SHARE of B is out, and nobody is denied while tokens expire unused. While the holders want more than r, each is
 * given its max-min share: a credit grows at that share's rate, and a renewal gets the larger of its credit and what
 * the others' next horizon leaves free.
 *
 * The steps that the policy takes each 50 ms are taken at the first renewal after that time, as many as have
 * passed, so a counter that nobody asks for costs nothing.
 */

/** What the leader knows of the demand for one counter. Not thread-safe: {@link LeasePolicy} locks it. */
final class KeyDemand {
    private static final double NANOS = 1e9;
    /** A lease lasts for at least so many horizons: then a renewal a horizon keeps it alive. */
    static final double TTL_HORIZONS = 1.5;

    private static final double TICK_SECONDS = 0.05;
    private static final int TICKS_MAX = 40;
    private static final double SHARE_SLACK = 1.2;
    private static final double SHRINK = 0.85;
    private static final double GROW = 1.03;
    private static final double HORIZON_SECONDS_MIN = 0.005;
    private static final double HORIZON_CEILING_SECONDS_MIN = 0.02;
    private static final double HORIZON_SECONDS_MAX = 20;
    private static final double CALM_CEILING = 0.5;
    private static final double BURSTY_CEILING = 0.2;
    private static final double BURSTY_CEILING_MIN = 0.05;
    /** Renewals that a smaller horizon may cost, as a part of what is asked for. */
    private static final double BURSTY_RENEWALS_PART = 0.008;

    private static final double REGRET_MAX = 0.005;
    private static final double REGRET_WEIGHT = 0.3;
    private static final double PEAK_WEIGHT = TICK_SECONDS / 10;
    private static final double STALE_DECAY = 0.6;
    private static final double RATE_MIN = 0.02;
    private static final double RETRY_SECONDS_MIN = 0.004;
    private static final int WATER_STEPS = 40;

    private final double share;
    private final Map<Long, Holder> holders = new LinkedHashMap<>();
    private final long startNanos;

    private double rate;
    private double burst;
    /** The longest that the limit's kind lets a lease last; milliseconds. */
    private long lastsMillisMax;

    private double horizonMax;
    private double horizon;
    /** Tokens available and out when last said by the log, and when that was. */
    private double available;

    private double outstanding;
    private long levelNanos;
    /** Refill that found no room, and denials reported, since the last tick; tokens. */
    private double clipped;

    private double denied;
    private double regret;
    private double wanted;
    private double wantedPeak;
    private double wantedAverage;
    /** The largest rate that every holder who wants it may have. */
    private double waterLevel = Double.MAX_VALUE;

    private long tickNanos;
    private long usedNanos;
    private boolean recalled;
    private long recalledUntilNanos;

    KeyDemand(Limit limit, long ttlMillis, double share, long nowNanos) {
        this.share = share;
        this.startNanos = nowNanos;
        this.tickNanos = nowNanos;
        this.levelNanos = nowNanos;
        this.horizon = Double.MAX_VALUE;
        adopt(limit, ttlMillis);
        this.available = burst;
        this.horizon = 0.3 * horizonMax;
    }

    /**
     * Takes over terms that may be new.
     *
     * @param ttlMillis how long leases are to last; what is held for longer than they do last would be lost
     */
    void adopt(Limit limit, long ttlMillis) {
        double newRate = limit.amount() * 1000.0 / limit.periodMillis();
        double newBurst = limit.capacity();
        if (newRate != rate || newBurst != burst) {
            rate = newRate;
            burst = newBurst;
            available = Math.min(available, burst);
            lastsMillisMax = Leasing.of(limit).validMillisMax();
        }
        double ceiling = Math.min(HORIZON_SECONDS_MAX, CALM_CEILING * burst / rate);
        double lastsSeconds = Math.min(ttlMillis, lastsMillisMax) / 1000.0;
        horizonMax = Math.min(Math.max(HORIZON_CEILING_SECONDS_MIN, ceiling), lastsSeconds / TTL_HORIZONS);
        horizon = Math.min(horizon, horizonMax);
    }

    int holders() {
        return holders.size();
    }

    long usedNanos() {
        return usedNanos;
    }

    double rateOf(long session) {
        Holder holder = holders.get(session);
        return holder == null ? 0 : holder.rate;
    }

    long horizonMillis() {
        return Math.max(1, Math.round(horizon * 1000));
    }

    /** Every holder is to return what it has; forgotten after a time. */
    void recall(long untilNanos) {
        recalled = true;
        recalledUntilNanos = untilNanos;
    }

    /** How much a renewal may get; changes what is known of its sender. */
    Ask ask(Request request, boolean track, long nowNanos) {
        usedNanos = nowNanos;
        tick(nowNanos);
        refill(nowNanos);
        recalled = recalled && recalledUntilNanos - nowNanos > 0;
        Holder holder = holders.get(request.session());
        boolean fresh = holder == null;
        if (holder == null) {
            holder = new Holder(nowNanos);
            if (track) {
                holders.put(request.session(), holder);
            }
        }
        double elapsed = Math.min(2, (nowNanos - holder.seenNanos) / NANOS);
        // Not more than it can have been asked for: who claims more would shorten everybody's horizon.
        denied += Math.min(request.denied(), 2 * Math.max(request.rate(), holder.rate) * elapsed);
        holder.report(request);
        wanted += request.rate() - holder.rate;
        holder.rate = request.rate();
        holder.seenNanos = nowNanos;
        double own = fairRate(holder.rate);
        double others = Math.max(0, Math.min(wanted, rate) - own);
        double free = available - others * horizon;
        double speed = 1 + fill();
        if (!fresh) {
            holder.credit += speed * own * elapsed;
        }
        holder.credit = Math.min(holder.credit, 2 * own * horizon + 1);
        double room = Math.max(0, share * SHARE_SLACK * burst - outstanding);
        double hold = recalled || !track
                ? 0
                : Math.min(Math.min(request.want(), Math.max(0, request.holdMax() - holder.held)), room);
        double limit = Math.min(available, Math.max(holder.credit, free));
        long granted = (long) Math.max(0, Math.floor(Math.min(request.need() + Math.floor(hold), limit)));
        long need = Math.min(request.need(), granted);
        return new Ask(need, granted - need, request.ttlMillis());
    }

    /** The log has answered a renewal: what it gave, and what the holder is to be told. */
    Hint answered(Request request, Answer answer, long nowNanos) {
        long granted = answer.granted();
        available = answer.available();
        outstanding = answer.outstanding();
        levelNanos = nowNanos;
        Holder holder = holders.get(request.session());
        double credit = 0;
        double own = fairRate(request.rate());
        if (holder != null) {
            holder.credit = Math.max(0, holder.credit - granted);
            holder.held = answer.held();
            credit = holder.credit;
        }
        // What the rule doesn't let it hold is no sign that others want it.
        double might = Math.min(request.want(), Math.max(0, request.holdMax() - answer.held() + granted));
        boolean scarce = granted < 0.5 * (request.need() + might) && wanted > 0.9 * rate;
        boolean contended = granted < request.need() || scarce;
        double retrySeconds = 0;
        if (contended) {
            double fill = fill();
            double wait = Math.max(0, (1 - credit) / Math.max(own, 1e-9) / (1 + fill));
            retrySeconds = Math.max(RETRY_SECONDS_MIN, Math.max(wait, horizon / (1 + 4 * fill)));
            retrySeconds = Math.min(retrySeconds, Math.max(1, horizon));
        }
        if (holder != null) {
            holder.retrySeconds = retrySeconds;
        }
        boolean roomy = horizon >= 0.9 * horizonMax && outstanding < 0.8 * share * burst;
        return new Hint(
                horizonMillis(), contended, (long) Math.ceil(retrySeconds * 1000), roomy && !recalled, recalled);
    }

    /** The holder is gone, and wants nothing any more. */
    void forget(long session) {
        Holder holder = holders.remove(session);
        if (holder != null) {
            wanted = Math.max(0, wanted - holder.rate);
        }
    }

    private double fairRate(double asked) {
        return wanted <= rate || asked < waterLevel ? asked : waterLevel;
    }

    private double fill() {
        return Math.min(1, Math.max(0, available / (rate * horizon)));
    }

    private void refill(long nowNanos) {
        double seconds = Math.max(0, (nowNanos - levelNanos) / NANOS);
        levelNanos = nowNanos;
        double cap = Math.max(0, burst - outstanding);
        double filled = available + rate * seconds;
        if (filled > cap) {
            clipped += Math.min(rate * seconds, filled - Math.max(cap, available));
            filled = Math.max(cap, available);
        }
        available = filled;
    }

    private void tick(long nowNanos) {
        long ticks = (long) ((nowNanos - tickNanos) / (TICK_SECONDS * NANOS));
        if (ticks <= 0) {
            return;
        }
        refill(nowNanos);
        tickNanos = nowNanos;
        forgetStale(nowNanos, Math.min(ticks, TICKS_MAX));
        findWaterLevel();
        double lost = Math.min(clipped, denied) / (rate * TICK_SECONDS * ticks);
        clipped = 0;
        denied *= Math.pow(0.5, ticks);
        for (long i = Math.min(ticks, TICKS_MAX); i > 0; i--) {
            regret += REGRET_WEIGHT * (lost - regret);
            steer(nowNanos);
        }
    }

    private void steer(long nowNanos) {
        if (outstanding > share * burst || regret > REGRET_MAX) {
            horizon *= SHRINK;
        } else if (outstanding < 0.9 * share * burst) {
            horizon *= GROW;
        }
        wantedPeak = Math.max(wantedPeak * (1 - PEAK_WEIGHT), wanted);
        wantedAverage += PEAK_WEIGHT * (wanted - wantedAverage);
        if (nowNanos - startNanos < 2 * NANOS) {
            wantedAverage = wanted;
        }
        boolean calm = wantedPeak < 0.7 * rate || wantedPeak < 1.3 * wantedAverage;
        double ceiling = horizonMax;
        if (!calm) {
            // What lies in pockets when a burst comes, or goes, is lost to others: less of it where that costs few
            // renewals.
            double cheap = holders.size() / (BURSTY_RENEWALS_PART * Math.max(1e-9, wanted));
            double part = Math.min(BURSTY_CEILING, Math.max(BURSTY_CEILING_MIN, cheap * rate / burst));
            ceiling = Math.min(ceiling, part * burst / rate);
        }
        if (horizon > ceiling) {
            horizon = Math.max(ceiling, 0.8 * horizon);
        }
        horizon = Math.max(Math.min(HORIZON_SECONDS_MIN, horizonMax), horizon);
    }

    private void forgetStale(long nowNanos, long ticks) {
        var each = holders.values().iterator();
        while (each.hasNext()) {
            Holder holder = each.next();
            double expected = holder.retrySeconds > 0
                    ? 1.5 * holder.retrySeconds + 0.05
                    : Math.max(2 * horizon + 0.05, 3 / Math.max(1e-9, Math.min(holder.rate, waterLevel)));
            if ((nowNanos - holder.seenNanos) / NANOS > Math.min(3, expected)) {
                holder.rate *= Math.pow(STALE_DECAY, ticks);
                if (holder.rate < RATE_MIN) {
                    each.remove();
                }
            }
        }
    }

    private void findWaterLevel() {
        double sum = 0;
        double most = 0;
        for (Holder holder : holders.values()) {
            sum += holder.rate;
            most = Math.max(most, holder.rate);
        }
        wanted = sum;
        if (sum <= rate) {
            waterLevel = Double.MAX_VALUE;
            return;
        }
        double low = 0;
        double high = most;
        for (int step = 0; step < WATER_STEPS; step++) {
            double middle = (low + high) / 2;
            double used = 0;
            for (Holder holder : holders.values()) {
                used += Math.min(holder.rate, middle);
            }
            if (used > rate) {
                high = middle;
            } else {
                low = middle;
            }
        }
        waterLevel = low;
    }

    /**
     * A renewal as the policy sees it.
     *
     * @param session who asks
     * @param leaseId the lease that it renews
     * @param settled what it has reported of that lease, spent and returned; tokens
     * @param need tokens for requests that wait
     * @param want tokens to hold
     * @param holdMax the most that one client may hold, by the rule
     * @param rate what the client expects to spend; tokens per second
     * @param denied requests that the client denied by itself since the last renewal
     * @param ttlMillis how long the lease is to live
     */
    record Request(
            long session,
            long leaseId,
            long settled,
            long need,
            long want,
            long holdMax,
            double rate,
            long denied,
            long ttlMillis) {}

    /** What the log said: granted now, and what the counter and this lease have after it. */
    record Answer(long granted, long available, long outstanding, long held) {}

    private static final class Holder {
        double rate;
        double credit;
        double retrySeconds;
        long seenNanos;
        /** Tokens that it holds by what it has reported; what it never reports it holds until the lease expires. */
        long held;

        private long leaseId;
        private long settled;

        void report(Request request) {
            held = request.leaseId() == leaseId ? Math.max(0, held - Math.max(0, request.settled() - settled)) : 0;
            settled = request.leaseId() == leaseId ? Math.max(settled, request.settled()) : request.settled();
            leaseId = request.leaseId();
        }

        Holder(long nowNanos) {
            seenNanos = nowNanos;
        }
    }
}
