package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.Ability;
import io.quorate.chaos.substrate.ChaosNode;
import io.quorate.chaos.substrate.Link;
import io.quorate.chaos.substrate.LinkState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Links between nodes that pass what is sent, but not as they should: all of them, or those of one node. */
record LinkFault(Kind what) implements Fault {
    private static final long MILLIS_MIN = 1_000;
    private static final long MILLIS_MAX = 3_000;

    /** How they behave. */
    enum Kind {
        LOSS(Ability.LOSS),
        DELAY(Ability.DELAY),
        DUPLICATION(Ability.DUPLICATION),
        REORDERING(Ability.REORDERING),
        SLOW_LINK(Ability.SLOW_LINK);

        private final Ability needed;

        Kind(Ability needed) {
            this.needed = needed;
        }
    }

    @Override
    public String kind() {
        return Words.of(what);
    }

    @Override
    public Set<Ability> needs() {
        return Set.of(what.needed);
    }

    @Override
    public int nodesMin() {
        return 2;
    }

    @Override
    public Company company() {
        return Company.NETWORK;
    }

    @Override
    public Injection plan(Scene scene) {
        LinkState state = switch (what) {
            case LOSS -> LinkState.losing(scene.one(List.of(1, 10, 30)));
            case DELAY -> LinkState.late(scene.one(List.of(10, 75, 200)), 0);
            case DUPLICATION -> LinkState.duplicating(scene.one(List.of(5, 20, 50)));
            case REORDERING -> LinkState.late(20, 20);
            case SLOW_LINK -> LinkState.slow(scene.one(List.of(8_000, 64_000)));
        };
        List<ChaosNode> ends = scene.random().nextBoolean() ? scene.nodes() : List.of(scene.someNode());
        Map<Link, LinkState> links = new HashMap<>();
        for (ChaosNode end : ends) {
            for (ChaosNode other : scene.others(end)) {
                links.put(new Link(end.id(), other.id()), state);
                links.put(new Link(other.id(), end.id()), state);
            }
        }
        return Injection.at(
                        ends,
                        scene.between(MILLIS_MIN, MILLIS_MAX),
                        () -> scene.substrate().network().set(links),
                        () -> scene.substrate().network().heal())
                .with("state", state);
    }
}
