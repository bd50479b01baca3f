package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.Ability;
import io.quorate.chaos.substrate.ChaosNode;
import io.quorate.chaos.substrate.Link;
import io.quorate.chaos.substrate.LinkState;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A leader that is cut off, and not, and cut off again, a few times in a second. */
record FlappingFault() implements Fault {
    private static final long HALF_PERIOD_MILLIS = 200;

    @Override
    public String kind() {
        return "partition-flapping";
    }

    @Override
    public Set<Ability> needs() {
        return Set.of(Ability.PARTITION);
    }

    @Override
    public int nodesMin() {
        return 3;
    }

    @Override
    public Company company() {
        return Company.NETWORK;
    }

    @Override
    public Injection plan(Scene scene) {
        ChaosNode leader = scene.leader(scene.someGroup());
        int times = (int) scene.between(2, 6);
        Map<Link, LinkState> links = PartitionFault.blocked(PartitionFault.Shape.ISOLATE_LEADER, leader.id(), scene);
        return Injection.at(
                        List.of(leader),
                        0,
                        () -> {
                            for (int i = 0; i < times; i++) {
                                scene.substrate().network().set(links);
                                Scene.rest(HALF_PERIOD_MILLIS);
                                scene.substrate().network().heal();
                                Scene.rest(HALF_PERIOD_MILLIS);
                            }
                        },
                        () -> scene.substrate().network().heal())
                .with("times", times)
                .with("half-period-millis", HALF_PERIOD_MILLIS);
    }
}
