package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.Ability;
import io.quorate.chaos.substrate.ChaosNode;
import io.quorate.client.api.QuorateAdmin;
import io.quorate.client.api.QuorateException;
import io.quorate.core.rule.RuleSet;
import io.quorate.raft.group.Failpoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A node that ends, waits or fails at a place in its code, some time after it was started. */
record FailpointFault(Failpoint place) implements Fault {
    private static final Duration DRIVEN_MAX = Duration.ofSeconds(10);
    private static final Duration TRANSFER_MAX = Duration.ofSeconds(1);

    @Override
    public String kind() {
        return "failpoint-" + place.text();
    }

    @Override
    public Set<Ability> needs() {
        return Set.of(Ability.FAILPOINTS);
    }

    @Override
    public Company company() {
        return Company.ALONE;
    }

    @Override
    public Injection plan(Scene scene) {
        ChaosNode node = scene.someNode();
        String action = scene.one(List.of("halt", "halt", "throw", "sleep"));
        long pass = switch (place) {
            case BEFORE_PROPOSE, AFTER_PROPOSE -> scene.between(1, 5);
            case AFTER_COMMIT_BEFORE_APPLY, AFTER_APPLY_BEFORE_STORE, AFTER_STORE_BEFORE_DONE -> scene.between(1, 50);
            default -> 1;
        };
        String plan = place.text() + ":" + action + "@" + pass;
        return Injection.at(
                        List.of(node),
                        0,
                        () -> {
                            node.kill();
                            if (place == Failpoint.BEFORE_SNAPSHOT_LOAD || place == Failpoint.AFTER_SNAPSHOT_LOAD) {
                                scene.wipe(node); // one that has none is sent one
                            }
                            node.start(plan);
                            drive(scene, node);
                        },
                        () -> {
                            scene.say(node.id() + (node.isAlive() ? " lives" : " has ended"));
                            node.kill();
                            node.start();
                        })
                .with("plan", plan);
    }

    /** Has the node do what leads to the place, until it ends or for a while. */
    private void drive(Scene scene, ChaosNode node) {
        long deadline = System.nanoTime() + DRIVEN_MAX.toNanos();
        for (int turn = 0; node.isAlive() && System.nanoTime() - deadline < 0; turn++) {
            try {
                QuorateAdmin admin = scene.view().client().admin();
                String to =
                        turn % 2 == 0 ? node.id() : scene.others(node).get(0).id();
                for (int group = 0; group <= scene.substrate().groups(); group++) {
                    admin.transferLeader(group, to, TRANSFER_MAX);
                }
                if (place == Failpoint.MID_RULE_CHANGE) {
                    admin.applyRules(new RuleSet("failpoints", Optional.empty(), List.of()), OptionalLong.empty());
                }
            } catch (QuorateException e) {
                Scene.rest(200); // it is starting, or is down
            }
            Scene.rest(500);
        }
    }
}
