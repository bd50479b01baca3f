package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.Ability;
import io.quorate.chaos.substrate.ChaosNode;
import io.quorate.chaos.substrate.Link;
import io.quorate.chaos.substrate.LinkState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Links on which nothing passes. */
record PartitionFault(Shape shape) implements Fault {
    private static final long MILLIS_MIN = 800;
    private static final long MILLIS_MAX = 2_500;

    /** Which links. */
    enum Shape {
        /** A leader from all other nodes. */
        ISOLATE_LEADER,
        /** A follower from all other nodes. */
        ISOLATE_FOLLOWER,
        /** A majority from the others, in halves as equal as can be. */
        HALVES,
        /** Each node reaches its two neighbours in a ring alone: majorities, but none alike. */
        RING,
        /** Two halves that reach one node in the middle alone. */
        BRIDGE,
        /** What a leader sends to other nodes. */
        ONE_WAY_OUT,
        /** What other nodes send to a leader. */
        ONE_WAY_IN,
        /** Clients from a leader, both ways. */
        CLIENTS,
        /** What a leader answers to clients. */
        ANSWERS
    }

    @Override
    public String kind() {
        return "partition-" + Words.of(shape);
    }

    @Override
    public Set<Ability> needs() {
        return Set.of(Ability.PARTITION);
    }

    @Override
    public int nodesMin() {
        return shape == Shape.RING ? 5 : 3;
    }

    @Override
    public Company company() {
        return Company.NETWORK;
    }

    @Override
    public Injection plan(Scene scene) {
        List<ChaosNode> ends = shape == Shape.ISOLATE_FOLLOWER
                ? Victims.FOLLOWER.choose(scene)
                : List.of(scene.leader(scene.someGroup()));
        Map<Link, LinkState> links = blocked(shape, ends.get(0).id(), scene);
        return Injection.at(
                        ends,
                        scene.between(MILLIS_MIN, MILLIS_MAX),
                        () -> scene.substrate().network().set(links),
                        () -> scene.substrate().network().heal())
                .with("blocked", Words.links(links.keySet()));
    }

    static Map<Link, LinkState> blocked(Shape shape, String one, Scene scene) {
        List<String> others = scene.others(scene.substrate().node(one)).stream()
                .map(ChaosNode::id)
                .toList();
        Map<Link, LinkState> links = new HashMap<>();
        switch (shape) {
            case ISOLATE_LEADER, ISOLATE_FOLLOWER -> others.forEach(o -> cut(links, one, o));
            case HALVES -> halves(links, one, others);
            case BRIDGE ->
                between(links, others.subList(0, others.size() / 2), others.subList(others.size() / 2, others.size()));
            case RING -> ring(links, one, others);
            case ONE_WAY_OUT -> others.forEach(o -> links.put(new Link(one, o), LinkState.BLOCKED));
            case ONE_WAY_IN -> others.forEach(o -> links.put(new Link(o, one), LinkState.BLOCKED));
            case CLIENTS -> cut(links, one, Link.CLIENTS);
            case ANSWERS -> links.put(new Link(one, Link.CLIENTS), LinkState.BLOCKED);
        }
        return links;
    }

    /** The one is in the smaller part, if there is one. */
    private static void halves(Map<Link, LinkState> links, String one, List<String> others) {
        int with = others.size() / 2 - 1;
        List<String> near = new ArrayList<>(others.subList(0, with));
        near.add(one);
        between(links, near, others.subList(with, others.size()));
    }

    private static void between(Map<Link, LinkState> links, List<String> left, List<String> right) {
        left.forEach(l -> right.forEach(r -> cut(links, l, r)));
    }

    private static void ring(Map<Link, LinkState> links, String one, List<String> others) {
        List<String> round = new ArrayList<>(others);
        round.add(one);
        int count = round.size();
        for (int i = 0; i < count; i++) {
            for (int step = 2; step <= count - 2; step++) {
                links.put(new Link(round.get(i), round.get((i + step) % count)), LinkState.BLOCKED);
            }
        }
    }

    private static void cut(Map<Link, LinkState> links, String a, String b) {
        links.put(new Link(a, b), LinkState.BLOCKED);
        links.put(new Link(b, a), LinkState.BLOCKED);
    }
}
