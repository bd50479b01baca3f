package io.quorate.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.algorithm.Meter.Refund;
import io.quorate.core.algorithm.model.NaiveModel;
import io.quorate.core.algorithm.model.NaiveModel.Answer;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Takes a meter and the naive model through the same random schedule. After each step both must say the same, and
 * what the meter says must be true of itself: the wait is enough and no less is, the remaining tokens can be taken
 * and no more can, what was taken and given back leaves no trace, and no state changes once it was handed out.
 */
final class Comparison {
    private final Random random;
    private final RandomSchedule schedule;
    private final List<CounterState> states = new ArrayList<>();
    private final List<String> asHandedOut = new ArrayList<>();
    private Meter meter;
    private NaiveModel model;
    private CounterState state = Fresh.INSTANCE;
    private long lastRetryMillis;

    private Comparison(Random random, Limit limit) {
        this.random = random;
        this.schedule = new RandomSchedule(random);
        this.meter = Meter.of(limit);
        this.model = NaiveModel.of(limit);
    }

    /** Compares under one limit. */
    static void underOneLimit(Random random, Algorithm algorithm) {
        Comparison comparison = new Comparison(random, RandomLimits.any(random, algorithm));
        comparison.run(60 + random.nextInt(100), comparison.meter::limit, 0);
    }

    /** Compares under limits of one algorithm that change now and then. */
    static void underChangingLimits(Random random, Algorithm algorithm) {
        Comparison comparison = new Comparison(random, RandomLimits.any(random, algorithm));
        comparison.run(60 + random.nextInt(100), () -> RandomLimits.any(random, algorithm), 10);
    }

    /** Compares under limits that become those of this algorithm from any other, and the reverse. */
    static void underChangingAlgorithms(Random random, Algorithm algorithm) {
        Comparison comparison = new Comparison(random, RandomLimits.any(random, algorithm));
        comparison.run(
                60 + random.nextInt(100),
                () -> random.nextBoolean() ? RandomLimits.any(random, algorithm) : RandomLimits.anyAlgorithm(random),
                8);
    }

    private void run(int steps, Supplier<Limit> limits, int changeEvery) {
        for (int i = 0; i < steps; i++) {
            schedule.step(meter.limit(), lastRetryMillis);
            if (changeEvery > 0 && random.nextInt(changeEvery) == 0) {
                change(limits.get());
            } else if (schedule.refundsNext()) {
                refund();
            } else {
                acquire();
            }
            check();
        }
        for (int i = 0; i < states.size(); i++) {
            assertThat(states.get(i)).hasToString(asHandedOut.get(i));
        }
    }

    private void acquire() {
        long now = schedule.nowMillis();
        long cost = schedule.cost(meter.limit());
        ChargeId id = schedule.nextId();
        CounterState before = state;
        if (random.nextInt(4) == 0) {
            peek();
        }
        Verdict verdict = meter.acquire(before, now, cost, id);
        Answer answer = model.acquire(now, cost, id);
        assertThat(new Answer(
                        verdict.allowed(), verdict.remaining(), verdict.retryAfterMillis(), verdict.resetAfterMillis()))
                .as("%s at %d of %s takes %d", meter.limit(), now, before, cost)
                .isEqualTo(answer);
        lastRetryMillis = verdict.retryAfterMillis();
        handOut(verdict.next());
        if (verdict.allowed()) {
            schedule.granted(id, cost);
            Refund undone = meter.refund(state, now, cost, now, id);
            assertThat(undone).isEqualTo(new Refund(meter.settle(before, now), cost));
        } else {
            assertThat(meter.settle(state, now)).isEqualTo(meter.settle(before, now));
        }
        holdsOfItself(verdict, now, cost);
    }

    private void holdsOfItself(Verdict verdict, long now, long cost) {
        ChargeId id = schedule.nextId();
        long retry = verdict.retryAfterMillis();
        if (!verdict.allowed() && retry != Verdict.NEVER) {
            assertThat(meter.acquire(state, now + retry, cost, id).allowed()).isTrue();
            assertThat(meter.acquire(state, now + retry - 1, cost, id).allowed())
                    .isFalse();
        }
        if (verdict.remaining() > 0) {
            assertThat(meter.acquire(state, now, verdict.remaining(), id).allowed())
                    .isTrue();
        }
        assertThat(meter.acquire(state, now, verdict.remaining() + 1, id).allowed())
                .isFalse();
        long reset = verdict.resetAfterMillis();
        assertThat(meter.settle(state, now + reset)).isEqualTo(Fresh.INSTANCE);
        if (reset > 0) {
            assertThat(meter.settle(state, now + reset - 1)).isNotEqualTo(Fresh.INSTANCE);
        }
    }

    /** Takes and throws the result away, as a request does that another limit denies. */
    private void peek() {
        Verdict unused = meter.acquire(state, schedule.nowMillis(), schedule.cost(meter.limit()), schedule.nextId());
        states.add(unused.next());
        asHandedOut.add(unused.next().toString());
    }

    private void refund() {
        RandomSchedule.Grant grant = schedule.refunded();
        long count = random.nextInt(8) == 0 ? RandomLimits.upTo(random, Long.MAX_VALUE) : schedule.part(grant.left);
        long now = schedule.nowMillis();
        Refund refund = meter.refund(state, now, count, grant.atMillis, grant.id);
        assertThat(refund.refunded())
                .as("%s at %d of %s refunds %d of %d", meter.limit(), now, state, count, grant.atMillis)
                .isEqualTo(model.refund(now, count, grant.atMillis, grant.id));
        grant.left = Math.max(0, grant.left - refund.refunded());
        handOut(refund.next());
    }

    private void change(Limit next) {
        Meter nextMeter = Meter.of(next);
        CounterState adopted = nextMeter.adopt(meter, state, schedule.nowMillis());
        model = model.adopt(next, schedule.nowMillis());
        meter = nextMeter;
        handOut(adopted);
    }

    private void check() {
        long now = schedule.nowMillis();
        assertThat(meter.used(state, now)).as("used of %s at %d", state, now).isEqualTo(model.used(now));
        CounterState settled = meter.settle(state, now);
        assertThat(settled instanceof Fresh).isEqualTo(meter.used(state, now) == 0);
        assertThat(meter.used(settled, now)).isEqualTo(model.used(now));
        assertThat(meter.settle(settled, now)).isEqualTo(settled);
        if (random.nextInt(4) == 0) {
            state = settled;
        }
    }

    private void handOut(CounterState next) {
        state = next;
        states.add(next);
        asHandedOut.add(next.toString());
    }
}
