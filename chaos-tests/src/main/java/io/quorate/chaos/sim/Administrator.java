package io.quorate.chaos.sim;

import io.quorate.client.route.Target;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.RuleSet;
import io.quorate.protocol.RuleMessages;
import io.quorate.protocol.v1.Acquire;
import io.quorate.protocol.v1.Keys;
import io.quorate.protocol.v1.Leases;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Rules;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/** Applies rules and fences them, resets counters, recalls leases, and sends what is wrong on purpose. */
final class Administrator {
    private static final long ORDER_NANOS = 10_000_000_000L;

    private final World world;
    private final SimClient client;
    private final SplittableRandom random;
    private int fenced;

    Administrator(World world, SimClient client) {
        this.world = world;
        this.client = client;
        this.random = world.random;
    }

    /** Whether the first rules of every namespace are in force. */
    boolean hasBegun() {
        return fenced >= world.swarm.namespaces * world.swarm.dataGroups;
    }

    void begin() {
        for (RuleSet set : world.rules.sets()) {
            put(set);
        }
        next();
    }

    private void next() {
        client.post(random.nextLong(2 * world.swarm.administrationNanos) + 1, Step.ADMINISTRATION, () -> {
            next();
            if (hasBegun() && !world.isHealed()) {
                administer();
                client.burstOver();
            }
        });
    }

    private void administer() {
        int kind = random.nextInt(10);
        int namespace = random.nextInt(world.swarm.namespaces);
        if (kind < 4) {
            if (world.swarm.has(FaultKind.RULE_CHANGE)) {
                put(world.rules.change(namespace));
            }
        } else if (kind < 6) {
            reset(world.rules.sets().get(namespace).namespace());
        } else if (kind < 8) {
            recall(world.rules.sets().get(namespace).namespace());
        } else {
            askNonsense(world.rules.sets().get(namespace).namespace());
        }
    }

    private void order(Target target, java.util.function.Function<Order, Request.Builder> message) {
        client.router().submit(new Order(target, client.clock.monoNanos() + ORDER_NANOS, message, r -> {}, () -> {}));
    }

    private void put(RuleSet set) {
        Rules.Put message = RuleMessages.toPut(set, OptionalLong.empty());
        client.router()
                .submit(new Order(
                        new Target.Leader(0),
                        client.clock.monoNanos() + ORDER_NANOS,
                        order -> Request.newBuilder().setPutRules(message),
                        response -> fence(response.getRulesPut().getVersion()),
                        () -> client.post(ORDER_NANOS / 20, Step.ADMINISTRATION, () -> {
                            put(set);
                            client.burstOver();
                        })));
    }

    private void fence(long version) {
        for (int group = 1; group <= world.swarm.dataGroups; group++) {
            fence(group, version);
        }
    }

    private void fence(int group, long version) {
        client.router()
                .submit(new Order(
                        new Target.Leader(group),
                        client.clock.monoNanos() + ORDER_NANOS,
                        order -> Request.newBuilder()
                                .setFenceRules(
                                        Rules.Fence.newBuilder().setGroup(group).setVersion(version)),
                        response -> fenced++,
                        () -> client.post(ORDER_NANOS / 20, Step.ADMINISTRATION, () -> {
                            fence(group, version);
                            client.burstOver();
                        })));
    }

    private void reset(String namespace) {
        String rule = random.nextBoolean() ? RuleBook.LEASED : RuleBook.DECIDED;
        QuotaKey key = RuleBook.key(namespace, rule, random.nextInt(world.swarm.keys));
        int group = world.rules.groupOf(namespace);
        order(
                new Target.Leader(group),
                order -> Request.newBuilder()
                        .setResetKey(Keys.Reset.newBuilder()
                                .setGroup(group)
                                .setNamespace(namespace)
                                .setRule(rule)
                                .addAllValues(key.values())));
    }

    private void recall(String namespace) {
        int group = world.rules.groupOf(namespace);
        List<String> values = List.of(Integer.toString(random.nextInt(world.swarm.keys)));
        order(
                new Target.Leader(group),
                order -> Request.newBuilder()
                        .setRecallLeases(Leases.Recall.newBuilder()
                                .setGroup(group)
                                .setNamespace(namespace)
                                .setRule(RuleBook.LEASED)
                                .addAllValues(values)));
    }

    /** Fewer tokens than none, or far too many. */
    private void askNonsense(String namespace) {
        Descriptor descriptor = Descriptor.of("e", Integer.toString(random.nextInt(world.swarm.keys)));
        long cost = random.nextInt(4) == 0 ? Long.MIN_VALUE : -1 - random.nextInt(1_000);
        order(
                new Target.ByNamespace(namespace, descriptor),
                order -> Request.newBuilder()
                        .setAcquire(Acquire.newBuilder()
                                .setGroup(order.group())
                                .setEpoch(order.epoch())
                                .setSessionId(order.sessionId())
                                .setSequence(order.sequence())
                                .setAckedBelow(order.ackedBelow())
                                .setNamespace(namespace)
                                .addAllEntries(RuleMessages.toMessages(descriptor))
                                .setCost(cost)));
    }
}
