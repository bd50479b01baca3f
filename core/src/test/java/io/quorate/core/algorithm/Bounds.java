package io.quorate.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.algorithm.Meter.Refund;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.Limit;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Checks what a limit promises from what was granted alone (invariant S1), knowing nothing of how the meter counts:
 * a greedy client takes as early and as much as it can, and refunds now and then.
 */
final class Bounds {
    /** A grant, and how much of it is left after the refunds so far. */
    private static final class Taken {
        final ChargeId id;
        final long atMillis;
        long count;

        Taken(ChargeId id, long atMillis, long count) {
            this.id = id;
            this.atMillis = atMillis;
            this.count = count;
        }
    }

    private final Random random;
    private final Limit limit;
    private final Meter meter;
    private final List<Taken> taken = new ArrayList<>();
    private CounterState state = Fresh.INSTANCE;

    private final BigInteger[] rate;

    private Bounds(Random random, Limit limit) {
        this.random = random;
        this.limit = limit;
        this.meter = Meter.of(limit);
        this.rate = new BigInteger[] {BigInteger.valueOf(limit.amount()), BigInteger.valueOf(limit.periodMillis())};
    }

    /** Runs a greedy schedule and checks the promise after each grant. */
    static void hold(Random random, Limit limit) {
        new Bounds(random, limit).run();
    }

    private void run() {
        RandomSchedule schedule = new RandomSchedule(random);
        long retry = 0;
        for (int i = 0; i < 150; i++) {
            schedule.step(limit, retry);
            long now = schedule.nowMillis();
            if (!taken.isEmpty() && random.nextInt(8) == 0) {
                refund(now, taken.get(random.nextInt(taken.size())));
                continue;
            }
            long cost = schedule.cost(limit);
            ChargeId id = schedule.nextId();
            Verdict verdict = meter.acquire(state, now, cost, id);
            state = verdict.next();
            retry = verdict.retryAfterMillis();
            if (verdict.allowed()) {
                taken.add(new Taken(id, now, cost));
                check(now);
            }
        }
        if (meter instanceof BucketMeter) {
            checkBucket();
        }
    }

    private void refund(long now, Taken grant) {
        if (grant.count == 0) {
            return;
        }
        long count = RandomLimits.upTo(random, grant.count);
        Refund refund = meter.refund(state, now, count, grant.atMillis, grant.id);
        state = refund.next();
        // A bucket may give back less than was not spent, down to a fraction of a token; spent is what counts.
        grant.count -= meter instanceof BucketMeter ? count : refund.refunded();
    }

    /**
     * Each token that was not given back counts as spent when it was taken. With G the tokens spent so far and r the
     * rate, no span has more than burst + r * span iff G - r * t never rises by more than the burst above its least
     * value before.
     */
    private void checkBucket() {
        BigInteger burst = BigInteger.valueOf(limit.burst()).multiply(rate[1]);
        BigInteger spent = BigInteger.ZERO;
        BigInteger least = null;
        for (Taken grant : taken) {
            BigInteger refilled = rate[0].multiply(BigInteger.valueOf(grant.atMillis));
            BigInteger before = spent.multiply(rate[1]).subtract(refilled);
            least = least == null ? before : least.min(before);
            spent = spent.add(BigInteger.valueOf(grant.count));
            assertThat(spent.multiply(rate[1]).subtract(refilled).subtract(least))
                    .isLessThanOrEqualTo(burst);
        }
    }

    private void check(long now) {
        long period = limit.periodMillis();
        switch (limit.algorithm()) {
            case TOKEN_BUCKET, GCRA -> {} // at the end, since a later refund says what was not spent
            case FIXED_WINDOW ->
                assertThat(sumFrom(now - Math.floorMod(now, period))).isLessThanOrEqualTo(limit.amount());
            case SLIDING_WINDOW -> {
                long start = now - Math.floorMod(now, period);
                long running = sumFrom(start);
                long before = sumFrom(start - period) - running;
                BigInteger estimate = BigInteger.valueOf(running)
                        .multiply(rate[1])
                        .add(BigInteger.valueOf(before).multiply(BigInteger.valueOf(start + period - now)));
                assertThat(estimate).isLessThanOrEqualTo(rate[0].multiply(rate[1]));
                assertThat(sumFrom(now - period + 1)).isLessThan(2 * limit.amount() + 1);
            }
            case SLIDING_LOG, CONCURRENCY ->
                assertThat(sumFrom(now - period + 1)).isLessThanOrEqualTo(limit.amount());
        }
    }

    /** What was taken at or after a time and not refunded. */
    private long sumFrom(long fromMillis) {
        long sum = 0;
        for (int i = taken.size() - 1; i >= 0 && taken.get(i).atMillis >= fromMillis; i--) {
            sum += taken.get(i).count;
        }
        return sum;
    }
}
