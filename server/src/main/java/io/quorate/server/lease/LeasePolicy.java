package io.quorate.server.lease;

import io.quorate.core.command.Outcome.LeaseRenewed;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The leader's half of the lease policy, over all counters: who wants how much, and who gets it.
 *
 * <p>Thread-safe: counters are spread over segments with a lock each. Bounded: beyond its bounds the counter that was
 * asked for longest ago is forgotten, and holders that aren't remembered get what they need and no more.
 */
public final class LeasePolicy {
    private static final int SEGMENTS = 16;
    /** A recall is told to renewals for so long; by then every lease was renewed or has ended. */
    private static final long RECALL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final double HORIZON_SECONDS_MAX = 20;

    private final LeaseSettings settings;
    private final Segment[] segments = new Segment[SEGMENTS];

    public LeasePolicy(LeaseSettings settings) {
        this.settings = settings;
        for (int i = 0; i < SEGMENTS; i++) {
            segments[i] = new Segment(
                    settings.shareMax(),
                    Math.max(1, settings.trackedKeysMax() / SEGMENTS),
                    Math.max(1, settings.trackedHoldersMax() / SEGMENTS));
        }
    }

    /**
     * One client's renewal of its lease of one counter.
     *
     * @param session the client's session
     * @param leaseId the client's number of the lease
     * @param settled tokens of the lease that it reports as spent or returned, since the lease was opened
     * @param limit the counter's terms
     * @param holdMax the most tokens that one client may hold by the rule; 0: half the capacity
     * @param ttlMillis the rule's time to live; 0: the default
     * @param need tokens for requests that wait
     * @param want tokens to hold
     * @param milliRate what the client expects to spend; thousandths of a token per second
     * @param denied requests that the client denied by itself since the last renewal
     */
    public record Renewal(
            long session,
            long leaseId,
            long settled,
            Limit limit,
            long holdMax,
            long ttlMillis,
            long need,
            long want,
            long milliRate,
            long denied) {}

    /** How much to ask the log for. */
    public Ask ask(QuotaKey key, Renewal renewal, long nowNanos) {
        Segment segment = segment(key);
        synchronized (segment) {
            KeyDemand demand = segment.demand(key, renewal.limit(), ttlMillis(renewal), nowNanos);
            int before = demand.holders();
            Ask ask = demand.ask(request(renewal), segment.holders < segment.holdersMax, nowNanos);
            segment.holders += demand.holders() - before;
            return ask;
        }
    }

    /** What to tell the client now that the log has answered. */
    public Hint answered(QuotaKey key, Renewal renewal, LeaseRenewed said, long nowNanos) {
        Segment segment = segment(key);
        synchronized (segment) {
            KeyDemand demand = segment.demand(key, renewal.limit(), ttlMillis(renewal), nowNanos);
            return demand.answered(
                    request(renewal),
                    new KeyDemand.Answer(said.granted(), said.available(), said.outstanding(), said.held()),
                    nowNanos);
        }
    }

    /** From now on, for some seconds, the counter's holders are told to return what they have. */
    public void recall(QuotaKey key, Limit limit, long nowNanos) {
        Segment segment = segment(key);
        synchronized (segment) {
            segment.demand(key, limit, ttlMillis(limit), nowNanos).recall(nowNanos + RECALL_NANOS);
        }
    }

    /**
     * What a session was last known to want of a counter, in thousandths of a token per second; 0 if nothing is
     * known.
     */
    public long milliRate(QuotaKey key, long session) {
        Segment segment = segment(key);
        synchronized (segment) {
            KeyDemand demand = segment.peek(key);
            return demand == null ? 0 : Math.round(demand.rateOf(session) * 1000);
        }
    }

    /** For how long holders' tokens are meant to last now, in milliseconds; 0 if nothing is known. */
    public long horizonMillis(QuotaKey key) {
        Segment segment = segment(key);
        synchronized (segment) {
            KeyDemand demand = segment.peek(key);
            return demand == null ? 0 : demand.horizonMillis();
        }
    }

    /** Counters that are remembered. */
    public int trackedKeys() {
        int count = 0;
        for (Segment segment : segments) {
            synchronized (segment) {
                count += segment.size();
            }
        }
        return count;
    }

    private KeyDemand.Request request(Renewal renewal) {
        long capacity = renewal.limit().capacity();
        long holdMax = renewal.holdMax() > 0 ? renewal.holdMax() : Math.max(1, (long) (capacity * settings.shareMax()));
        return new KeyDemand.Request(
                renewal.session(),
                renewal.leaseId(),
                renewal.settled(),
                renewal.need(),
                renewal.want(),
                holdMax,
                renewal.milliRate() / 1000.0,
                renewal.denied(),
                ttlMillis(renewal));
    }

    /** Long enough for a holder that renews once in a horizon, which grows with what the counter holds. */
    private long ttlMillis(Renewal renewal) {
        return renewal.ttlMillis() > 0 ? renewal.ttlMillis() : ttlMillis(renewal.limit());
    }

    private long ttlMillis(Limit limit) {
        double fillSeconds = limit.capacity() * (limit.periodMillis() / 1000.0) / limit.amount();
        double horizonSeconds = Math.min(HORIZON_SECONDS_MAX, fillSeconds / 2);
        return Math.max(settings.ttlMillis(), (long) (1000 * KeyDemand.TTL_HORIZONS * horizonSeconds));
    }

    private Segment segment(QuotaKey key) {
        int hash = key.hashCode();
        return segments[(hash ^ hash >>> 16) & SEGMENTS - 1];
    }

    /** Some of the counters, the longest unused first. */
    private static final class Segment {
        private final double share;
        private final int keysMax;
        private final int holdersMax;
        private final Map<QuotaKey, KeyDemand> keys = new LinkedHashMap<>(16, 0.75f, true);
        private int holders;

        Segment(double share, int keysMax, int holdersMax) {
            this.share = share;
            this.keysMax = keysMax;
            this.holdersMax = holdersMax;
        }

        int size() {
            return keys.size();
        }

        @Nullable
        KeyDemand peek(QuotaKey key) {
            return keys.get(key);
        }

        KeyDemand demand(QuotaKey key, Limit limit, long ttlMillis, long nowNanos) {
            KeyDemand known = keys.get(key);
            if (known != null) {
                known.adopt(limit, ttlMillis);
                return known;
            }
            if (keys.size() >= keysMax) {
                var eldest = keys.entrySet().iterator();
                holders -= eldest.next().getValue().holders();
                eldest.remove();
            }
            KeyDemand added = new KeyDemand(limit, ttlMillis, share, nowNanos);
            keys.put(key, added);
            return added;
        }
    }
}
