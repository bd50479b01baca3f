package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.ChaosNode;
import java.util.List;

/** Whom a fault of nodes strikes. */
enum Victims {
    LEADER,
    FOLLOWER,
    MINORITY,
    MAJORITY,
    ALL;

    /** Some that fit; the leader is that of a group of chance. */
    List<ChaosNode> choose(Scene scene) {
        int count = scene.nodes().size();
        List<ChaosNode> mixed = scene.shuffled(scene.nodes());
        return switch (this) {
            case LEADER -> List.of(scene.leader(scene.someGroup()));
            case FOLLOWER ->
                List.of(scene.others(scene.leader(scene.someGroup())).get(0));
            case MINORITY -> mixed.subList(0, (count - 1) / 2);
            case MAJORITY -> mixed.subList(0, count / 2 + 1);
            case ALL -> mixed;
        };
    }

    String text() {
        return Words.of(this);
    }
}
