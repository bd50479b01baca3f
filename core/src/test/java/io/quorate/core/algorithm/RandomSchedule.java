package io.quorate.core.algorithm;

import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws what happens to one counter: when the next call comes, what it costs, which grant is refunded. */
final class RandomSchedule {
    /** A granted acquire and how much of it isn't refunded yet. */
    static final class Grant {
        final ChargeId id;
        final long atMillis;
        long left;

        Grant(ChargeId id, long atMillis, long left) {
            this.id = id;
            this.atMillis = atMillis;
            this.left = left;
        }
    }

    private final Random random;
    private final List<Grant> grants = new ArrayList<>();
    private final int stillness;
    private long nowMillis;
    private long sequence;

    RandomSchedule(Random random) {
        this.random = random;
        this.stillness = 1 + random.nextInt(8);
        this.nowMillis = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> Meter.NOW_MILLIS_MAX - RandomLimits.upTo(random, 1L << random.nextInt(60));
            default -> RandomLimits.upTo(random, 2_000_000_000_000L);
        };
    }

    long nowMillis() {
        return nowMillis;
    }

    ChargeId nextId() {
        return new ChargeId(1 + random.nextInt(3), ++sequence);
    }

    /** Goes to the next call's time; {@code retryAfterMillis} is what the last one was told. */
    void step(Limit limit, long retryAfterMillis) {
        long period = limit.periodMillis();
        long step = switch (random.nextInt(8 + stillness)) {
            case 0 -> 1;
            case 1 -> RandomLimits.upTo(random, Math.max(1, 2 * period / limit.amount()));
            case 2 -> RandomLimits.upTo(random, period);
            case 3 -> period - 1 + random.nextInt(3);
            case 4 -> Math.max(0, retryAfterMillis);
            case 5 -> Math.max(0, retryAfterMillis - 1);
            case 6 -> period - Math.floorMod(nowMillis, period) - random.nextInt(2);
            case 7 ->
                random.nextInt(5) == 0
                        ? RandomLimits.upTo(random, 1L << random.nextInt(62))
                        : RandomLimits.upTo(random, Math.max(1, period / 16));
            default -> 0;
        };
        nowMillis = Math.min(Meter.NOW_MILLIS_MAX, nowMillis + step);
    }

    long cost(Limit limit) {
        long capacity = limit.capacity();
        return switch (random.nextInt(16)) {
            case 0 -> capacity;
            case 1 -> capacity + 1;
            case 2 -> Long.MAX_VALUE - random.nextInt(3);
            case 3, 4, 5 -> RandomLimits.upTo(random, capacity);
            case 6, 7, 8 -> RandomLimits.upTo(random, Math.max(1, capacity / 8));
            default -> 1 + random.nextInt(2);
        };
    }

    void granted(ChargeId id, long cost) {
        grants.add(new Grant(id, nowMillis, cost));
    }

    boolean refundsNext() {
        return !grants.isEmpty() && random.nextInt(6) == 0;
    }

    /** A grant to refund, mostly a late one. */
    Grant refunded() {
        int last = grants.size() - 1;
        return grants.get(random.nextBoolean() ? last : random.nextInt(grants.size()));
    }

    long part(long left) {
        return random.nextBoolean() ? left : Math.floorMod(random.nextLong(), left + 1);
    }
}
