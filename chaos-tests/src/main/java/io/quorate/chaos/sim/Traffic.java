package io.quorate.chaos.sim;

import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.Result;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Descriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What one client is asked to do: requests one after the other, at random times. */
final class Traffic {
    private static final int RECEIPTS_MAX = 16;
    /** Spends of a process that has just come back may be of slices that were begun before (see client.lease.Pocket). */
    private static final int GRACE_PERIODS = 2;

    private static final long REST_NANOS = 50_000_000L;

    private final World world;
    private final SimClient client;
    private final SplittableRandom random;
    private final List<Result.Receipt> receipts = new ArrayList<>();
    private final @Nullable AcquireRequest[] cache = new AcquireRequest[512];
    private int served;

    Traffic(World world, SimClient client) {
        this.world = world;
        this.client = client;
        this.random = world.random;
    }

    /** Requests that were decided. */
    int served() {
        return served;
    }

    void begin() {
        receipts.clear();
        next();
    }

    private void next() {
        long mean = world.isHealed() ? Math.max(REST_NANOS, world.swarm.operationNanos) : world.swarm.operationNanos;
        client.post(random.nextLong(2 * mean) + 1, Step.OPERATION, () -> {
            next();
            operate();
        });
    }

    private void operate() {
        QuorateClient its = client.client();
        if (its == null || world.isResting(client)) {
            return;
        }
        int kind = random.nextInt(100);
        int namespace = random.nextInt(world.swarm.namespaces);
        if (kind < 42) {
            acquire(its, namespace, value(), -1, -1);
        } else if (kind < 64) {
            acquire(its, namespace, -1, value(), -1);
        } else if (kind < 71) {
            acquire(its, namespace, value(), value(), -1);
        } else if (kind < 79) {
            acquire(its, namespace, -1, random.nextBoolean() ? -1 : value(), value());
        } else if (kind < 87) {
            refund(its);
        } else {
            peek(its, namespace, value());
        }
        client.burstOver();
    }

    private int value() {
        return Math.min(random.nextInt(world.swarm.keys), random.nextInt(world.swarm.keys));
    }

    /** Asks for tokens of some counters; -1 for those that aren't meant. */
    void acquire(QuorateClient its, int namespace, int leased, int decided, int permits) {
        long cost = cost(namespace, leased >= 0 ? RuleBook.LEASED : decided >= 0 ? RuleBook.DECIDED : RuleBook.PERMITS);
        String space = world.rules.sets().get(namespace).namespace();
        AcquireRequest request = request(namespace, space, leased, decided, permits, cost);
        long before = world.checks.answeredIndex(world.logs.get(world.rules.groupOf(space)).group);
        int life = client.life();
        client.book().asked();
        var unused = its.acquireAsync(request).whenComplete((result, thrown) -> {
            if (life != client.life()) {
                return;
            }
            client.book().answered();
            if (thrown != null || result == null) {
                world.failed(new Violation("an acquire", new IllegalStateException(thrown)));
                return;
            }
            try {
                come(result, space, leased, before, cost);
            } catch (Violation e) {
                world.failed(e); // thrown here it would end up in a future
            }
        });
    }

    private void come(Result result, String space, int leased, long before, long cost) {
        served += result instanceof Result.Unknown ? 0 : 1;
        if (result instanceof Result.Granted granted) {
            if (granted == Result.Granted.BY_LEASE) {
                List<QuotaKey> keys = List.of(RuleBook.key(space, RuleBook.LEASED, leased));
                world.checks.spent(client.book(), keys, world.rules.groupOf(space), cost, endsCount());
            } else if (granted.position().group() >= 0) {
                client.book().granted();
                world.checks.answered(granted.position(), granted.receipt(), before);
                keep(granted.receipt());
            }
        } else if (result instanceof Result.Denied denied) {
            if (denied.position().group() >= 0) {
                world.checks.answered(denied.position(), null, before);
            }
        } else if (result instanceof Result.Unknown unknown && unknown.maybeExecuted()) {
            client.book().maybe();
        }
    }

    private boolean endsCount() {
        long since = world.agenda.nowNanos() - client.resumedAtNanos();
        return since > GRACE_PERIODS * world.swarm.clockPeriodNanos + World.SUSPENSION_NOTICED_NANOS;
    }

    private long cost(int namespace, String rule) {
        Limit limit = world.rules.limit(namespace, rule);
        if (world.rules.isLarge() && limit.capacity() > AcquireRequest.COST_MAX) {
            return AcquireRequest.COST_MAX - random.nextInt(3);
        }
        return switch (random.nextInt(12)) {
            case 0 -> 1 + random.nextLong(Math.min(AcquireRequest.COST_MAX, limit.capacity() + 1));
            case 1, 2, 3 -> 1 + random.nextLong(Math.max(1, limit.capacity() / 4));
            default -> 1;
        };
    }

    private AcquireRequest request(int namespace, String space, int leased, int decided, int permits, long cost) {
        int slot =
                leased >= 0 && decided < 0 && permits < 0 && cost == 1 && leased < 256 ? namespace * 256 + leased : -1;
        AcquireRequest known = slot < 0 ? null : cache[slot];
        if (known == null) {
            List<String> entries = new ArrayList<>(6);
            add(entries, "k", leased);
            add(entries, "e", decided);
            add(entries, "p", permits);
            known = new AcquireRequest(space, Descriptor.of(entries.toArray(new String[0])), cost);
            if (slot >= 0) {
                cache[slot] = known;
            }
        }
        return known;
    }

    private static void add(List<String> entries, String name, int value) {
        if (value >= 0) {
            entries.add(name);
            entries.add(Integer.toString(value));
        }
    }

    private void keep(Result.Receipt receipt) {
        if (receipts.size() == RECEIPTS_MAX) {
            receipts.remove(random.nextInt(RECEIPTS_MAX));
        }
        receipts.add(receipt);
    }

    private void refund(QuorateClient its) {
        if (receipts.isEmpty()) {
            return;
        }
        int chosen = random.nextInt(receipts.size());
        // Kept now and then, to be refunded once more.
        Result.Receipt receipt = random.nextInt(3) == 0 ? receipts.get(chosen) : receipts.remove(chosen);
        long count = random.nextBoolean() ? receipt.cost() : 1 + random.nextLong(receipt.cost());
        var unused = its.refund(receipt, count);
    }

    private void peek(QuorateClient its, int namespace, int value) {
        String space = world.rules.sets().get(namespace).namespace();
        var unused = its.peek(AcquireRequest.of(space, "e", Integer.toString(value)));
    }
}
