package io.quorate.core.machine;

import io.quorate.core.lease.LeaseArithmetic;
import io.quorate.core.machine.LeaseHolder.Sent;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * Clients that hoard tokens to the last microsecond of their leases and then use them all, while a sniper takes all
 * that the counter gives at the same instants; with late, repeated and doubled messages, and fail-overs.
 */
final class LeaseAttack {
    private static final int ROUNDS = 8;

    private record Strike(long atMicros, boolean snipes, LeaseHolder holder) {}

    private final Random random;
    private final LeaseWorld world;
    private final Function<LeaseWorld, LeaseHolder> maker;
    private final long ttlMillis;
    private final int count;

    LeaseAttack(Random random, LeaseArithmetic arithmetic, Function<LeaseWorld, LeaseHolder> maker) {
        this.random = random;
        this.maker = maker;
        long amount = new long[] {100, 1000, 5000}[random.nextInt(3)];
        long burst = new long[] {amount / 10, amount / 2, amount, 2 * amount}[random.nextInt(4)];
        Algorithm algorithm = random.nextBoolean() ? Algorithm.TOKEN_BUCKET : Algorithm.GCRA;
        this.world = new LeaseWorld(random, arithmetic, new Limit(algorithm, amount, 1000, burst));
        this.ttlMillis = new long[] {200, 500, 2000}[random.nextInt(3)];
        this.count = new int[] {1, 3, 6}[random.nextInt(3)];
    }

    LeaseWorld run() {
        Limit limit = world.limit();
        for (int round = 0; round < ROUNDS; round++) {
            world.advanceTo(world.nowMicros() + world.between(10, 10 + 1500.0 * limit.burst() / limit.amount()));
            if (random.nextBoolean()) {
                world.failOver();
            }
            List<LeaseHolder> holders = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                LeaseHolder holder = maker.apply(world);
                hoard(
                        holder,
                        new long[] {limit.burst(), limit.burst() / 2, ceil(limit.burst(), count), 1}
                                [random.nextInt(4)]);
                holders.add(holder);
            }
            for (LeaseHolder holder : holders) {
                if (random.nextBoolean() && world.nowMicros() + 30_000 < holder.deadlineMicros()) {
                    renew(holder);
                }
            }
            strike(holders.stream().filter(LeaseHolder::isLive).toList());
        }
        return world;
    }

    private static long ceil(long a, long b) {
        return (a + b - 1) / b;
    }

    private void hoard(LeaseHolder holder, long want) {
        boolean waits = random.nextInt(4) == 0;
        Sent sent = holder.send(0, waits ? want : 0, waits ? want : 0, waits ? 0 : want, ttlMillis);
        world.advanceTo(world.nowMicros() + world.between(0.2, 20));
        var outcome = holder.arrive(sent);
        world.advanceTo(world.nowMicros() + world.between(0.2, 20));
        if (random.nextBoolean()) { // the answer is lost
            world.advanceTo(world.nowMicros() + world.between(50, 50 + 0.4 * ttlMillis));
            outcome = holder.arrive(sent);
            world.advanceTo(world.nowMicros() + world.between(0.2, 20));
        }
        holder.answered(sent, outcome);
    }

    /** Without having used any, and at times giving some back. */
    private void renew(LeaseHolder holder) {
        long back = random.nextBoolean() && holder.tokens() > 0 ? random.nextInt((int) holder.tokens() + 1) : 0;
        long want = new long[] {0, 1, world.limit().burst()}[random.nextInt(3)];
        Sent sent = holder.send(back, 0, 0, want, ttlMillis);
        world.advanceTo(world.nowMicros() + world.between(0.2, 10));
        var outcome = holder.arrive(sent);
        if (random.nextInt(3) == 0) {
            world.advanceTo(world.nowMicros() + 5000);
            holder.arrive(sent);
        }
        world.advanceTo(world.nowMicros() + world.between(0.2, 10));
        holder.answered(sent, outcome);
    }

    private void strike(List<LeaseHolder> live) {
        if (live.isEmpty()) {
            world.takeAll();
            return;
        }
        List<Strike> strikes = new ArrayList<>();
        Comparator<LeaseHolder> byDeadline = Comparator.comparingLong(LeaseHolder::deadlineMicros);
        LeaseHolder chosen = random.nextBoolean()
                ? live.stream().min(byDeadline).orElseThrow()
                : live.stream().max(byDeadline).orElseThrow();
        long atMicros = chosen.deadlineMicros() - 1;
        for (LeaseHolder holder : live) {
            strikes.add(new Strike(Math.min(atMicros, holder.deadlineMicros() - 1), false, holder));
            strikes.add(new Strike(holder.deadlineMicros() - 2, true, holder));
        }
        strikes.add(new Strike(atMicros, true, chosen));
        strikes.sort(Comparator.comparingLong(Strike::atMicros));
        for (Strike strike : strikes) {
            world.advanceTo(strike.atMicros());
            if (strike.snipes()) {
                world.takeAll();
            } else {
                strike.holder().spend(Long.MAX_VALUE);
            }
        }
    }
}
