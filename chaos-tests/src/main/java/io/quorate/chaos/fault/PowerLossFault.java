package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.Ability;
import io.quorate.chaos.substrate.ChaosNode;
import java.util.List;
import java.util.Set;

/** Nodes that stop, and whatever they hadn't written to their disks is gone. */
record PowerLossFault(Victims victims) implements Fault {
    private static final long DOWN_MILLIS_MAX = 1_000;

    @Override
    public String kind() {
        return "power-loss-" + victims.text();
    }

    @Override
    public Set<Ability> needs() {
        return Set.of(Ability.POWER_LOSS);
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
                () -> chosen.forEach(n -> n.disk().losePower()),
                () -> chosen.forEach(ChaosNode::start));
    }
}
