package io.quorate.core.machine;

import io.quorate.core.algorithm.Meter;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.Acquired;
import io.quorate.core.lease.LeaseArithmetic;
import io.quorate.core.machine.LeaseHolder.Sent;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Function;

/**
 * Random traffic of clients that lease, spend, return, crash and retry over a network that loses, delays, doubles and
 * reorders, with acquires beside them, fail-overs and, if asked for, changes of the limit.
 */
final class LeaseTraffic {
    private static final int ARRIVALS_MAX = 1500;

    private record Event(long atMicros, long number, Runnable action) {}

    private final Random random;
    private final LeaseWorld world;
    private final List<LeaseHolder> holders = new ArrayList<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atMicros).thenComparingLong(Event::number));
    private final long ttlMillis;
    private final double arrivalMillis;
    private long number;
    private long arrivals;
    private long session;
    private long acquireSequence;
    private long downUntilMicros;

    LeaseTraffic(
            Random random, Algorithm algorithm, LeaseArithmetic arithmetic, Function<LeaseWorld, LeaseHolder> holder) {
        this.random = random;
        this.world = new LeaseWorld(random, arithmetic, limit(random, algorithm));
        int count = pick(1, 3, 8);
        for (int i = 0; i < count; i++) {
            holders.add(holder.apply(world));
        }
        this.session = world.open();
        Limit limit = world.limit();
        this.ttlMillis = pick(100, 300, 1000, 3000);
        double load = new double[] {0.2, 1, 3}[random.nextInt(3)];
        this.arrivalMillis = (double) limit.periodMillis() / limit.amount() / load * count;
    }

    private int pick(int... of) {
        return of[random.nextInt(of.length)];
    }

    static Limit limit(Random random, Algorithm algorithm) {
        long amount = new long[] {5, 10, 37, 100, 1000}[random.nextInt(5)];
        long period = new long[] {1000, 1000, 7001, 10_000}[random.nextInt(4)];
        boolean bucket = algorithm == Algorithm.TOKEN_BUCKET || algorithm == Algorithm.GCRA;
        long[] bursts = {Math.max(2, amount / 10), amount, 2 * amount};
        return new Limit(algorithm, amount, period, bucket ? bursts[random.nextInt(3)] : amount);
    }

    /** Runs it, and gives the tokens by which the worst span passes the limit. */
    LeaseWorld run(boolean limitChanges) {
        for (LeaseHolder holder : holders) {
            after(gap(), () -> arrival(holder));
        }
        after(world.between(500, 5000), this::failOver);
        after(gap(), this::acquire);
        if (limitChanges) {
            after(world.between(500, 10_000), this::change);
        }
        while (arrivals < ARRIVALS_MAX) {
            Event next = events.remove();
            world.advanceTo(next.atMicros());
            next.action().run();
        }
        return world;
    }

    private void after(long micros, Runnable action) {
        events.add(new Event(world.nowMicros() + micros, number++, action));
    }

    private long gap() {
        return 1 + (long) (-Math.log(1 - random.nextDouble()) * 1000 * arrivalMillis);
    }

    private boolean chance(double p) {
        return random.nextDouble() < p;
    }

    private void arrival(LeaseHolder holder) {
        arrivals++;
        after(gap(), () -> arrival(holder));
        if (chance(0.002)) {
            holder.crash();
        }
        boolean served = holder.spend(1) == 1;
        if (!holder.isWaiting() && (holder.tokens() < 2 || chance(0.05))) {
            long burst = world.limit().capacity();
            long need = served ? 0 : 1 + random.nextInt(3);
            long back = holder.tokens() > 0 && chance(0.3) ? 1 + random.nextInt((int) holder.tokens()) : 0;
            long want = new long[] {0, 1, 2, 5, burst / 4, burst}[random.nextInt(6)];
            Sent sent = holder.send(back, need, chance(0.2) ? need : 0, want, ttlMillis);
            after(world.between(0.1, 10), () -> delivery(holder, sent));
            after(world.between(30, 80), () -> retry(holder, sent));
        }
    }

    private void retry(LeaseHolder holder, Sent sent) {
        if (sent.equals(holder.pending())) {
            after(world.between(0.1, 50), () -> delivery(holder, sent));
            after(world.between(30, 80), () -> retry(holder, sent));
        }
    }

    private void delivery(LeaseHolder holder, Sent sent) {
        if (world.nowMicros() < downUntilMicros || chance(0.05)) {
            return;
        }
        if (chance(0.1)) {
            after(world.between(0, 2000), () -> delivery(holder, sent));
        }
        Outcome outcome = holder.arrive(sent);
        if (!chance(0.1)) {
            after(world.between(0.1, chance(0.1) ? 2 * ttlMillis : 20), () -> holder.answered(sent, outcome));
        }
    }

    private void acquire() {
        after(10 * gap(), this::acquire);
        long cost = 1 + random.nextInt((int) Math.min(10, world.limit().capacity()));
        acquireSequence++;
        Outcome outcome = world.apply(Group.acquire(
                session,
                acquireSequence,
                cost,
                new io.quorate.core.command.Charge(
                        LeaseWorld.KEY, world.limitId(), io.quorate.core.rule.Mode.ENFORCE)));
        if (((Acquired) outcome).allowed()) {
            world.use(cost);
        }
        if (acquireSequence % 1000 == 0) {
            session = world.open();
            acquireSequence = 0;
        }
    }

    private void failOver() {
        after(world.between(500, 5000), this::failOver);
        downUntilMicros = world.nowMicros() + world.between(20, 500);
        world.failOver();
    }

    private void change() {
        after(world.between(500, 10_000), this::change);
        Algorithm algorithm = Algorithm.values()[random.nextInt(Algorithm.SLIDING_LOG.ordinal() + 1)];
        Limit next = limit(random, algorithm);
        Meter.of(next);
        world.change(next);
    }
}
