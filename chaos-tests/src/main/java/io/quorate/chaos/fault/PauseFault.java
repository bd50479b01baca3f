package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.ChaosNode;
import java.util.List;

/**
 * Nodes that stand still for a while and go on as if nothing had happened.
 *
 * @param kind its name
 * @param millisMin at least for so long
 * @param millisMax at most for so long
 */
record PauseFault(String kind, Victims victims, long millisMin, long millisMax) implements Fault {
    @Override
    public Company company() {
        return Company.NODES;
    }

    @Override
    public Injection plan(Scene scene) {
        List<ChaosNode> chosen = victims.choose(scene);
        return Injection.at(
                chosen,
                scene.between(millisMin, millisMax),
                () -> chosen.forEach(ChaosNode::pause),
                () -> chosen.forEach(ChaosNode::resume));
    }
}
