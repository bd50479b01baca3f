package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.ChaosNode;
import java.time.Duration;
import java.util.List;

/** Every node told to stop, and started again, one after the other, each when the one before is back. */
record RollingRestart() implements Fault {
    private static final Duration BACK_MAX = Duration.ofSeconds(60);

    @Override
    public String kind() {
        return "rolling-restart";
    }

    @Override
    public Company company() {
        return Company.ALONE;
    }

    @Override
    public Injection plan(Scene scene) {
        List<ChaosNode> order = scene.shuffled(scene.nodes());
        return Injection.at(
                order,
                0,
                () -> order.forEach(node -> {
                    node.stop();
                    node.start();
                    scene.awaitWhole(BACK_MAX);
                }),
                () -> {});
    }
}
