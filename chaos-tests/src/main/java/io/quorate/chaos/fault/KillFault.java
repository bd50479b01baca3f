package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.ChaosNode;
import java.util.List;

/** {@code kill -9} of nodes; they are started again. */
record KillFault(Victims victims) implements Fault {
    private static final long DOWN_MILLIS_MAX = 2_000;

    @Override
    public String kind() {
        return "kill-" + victims.text();
    }

    @Override
    public Company company() {
        return Company.NODES;
    }

    @Override
    public Injection plan(Scene scene) {
        List<ChaosNode> chosen = victims.choose(scene);
        return Injection.at(
                chosen,
                scene.between(0, DOWN_MILLIS_MAX),
                () -> chosen.forEach(ChaosNode::kill),
                () -> chosen.forEach(ChaosNode::start));
    }
}
