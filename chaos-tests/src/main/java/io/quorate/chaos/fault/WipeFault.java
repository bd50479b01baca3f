package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.ChaosNode;
import java.util.List;

/** A node whose disk was lost: it begins anew, empty, while all others are up, as documented. */
record WipeFault() implements Fault {
    @Override
    public String kind() {
        return "wiped-disk";
    }

    @Override
    public int nodesMin() {
        return 3;
    }

    @Override
    public Company company() {
        return Company.ALONE;
    }

    @Override
    public Injection plan(Scene scene) {
        ChaosNode node = scene.someNode();
        return Injection.at(List.of(node), 0, node::kill, () -> scene.empty(node));
    }
}
