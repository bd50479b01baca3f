package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.ChaosNode;
import io.quorate.client.api.QuorateException;
import java.time.Duration;
import java.util.List;

/** Leadership of every group, handed to a node of chance again and again. */
record TransferStorm() implements Fault {
    private static final Duration TRANSFER_MAX = Duration.ofMillis(500);
    private static final long BETWEEN_MILLIS = 150;

    @Override
    public String kind() {
        return "transfer-storm";
    }

    @Override
    public int nodesMin() {
        return 2;
    }

    @Override
    public Company company() {
        return Company.NODES;
    }

    @Override
    public Injection plan(Scene scene) {
        int rounds = (int) scene.between(3, 8);
        return Injection.at(
                        List.<ChaosNode>of(),
                        0,
                        () -> {
                            for (int i = 0; i < rounds; i++) {
                                for (int group = 0; group <= scene.substrate().groups(); group++) {
                                    transfer(scene, group);
                                }
                                Scene.rest(BETWEEN_MILLIS);
                            }
                        },
                        () -> {})
                .with("rounds", rounds);
    }

    private static void transfer(Scene scene, int group) {
        try {
            scene.view().client().admin().transferLeader(group, scene.someNode().id(), TRANSFER_MAX);
        } catch (QuorateException e) {
            scene.say("group " + group + ": " + e.getMessage()); // one is under way, or another fault is
        }
    }
}
