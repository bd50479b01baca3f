package io.quorate.chaos.substrate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** A network of nodes that have a packet filter each: real packets are dropped, held, doubled and slowed down. */
final class PacketNetwork implements NetworkControl, AutoCloseable {
    private static final String DEVICE = "eth0";
    private static final int QUEUES_MAX = 1_000;
    private static final LinkState TRIAL_DELAY = LinkState.late(1, 0);

    private final Places places;
    private final Optional<Path> delayProgram;
    private final Map<Ability, String> lacking = new EnumMap<>(Ability.class);
    private List<DelayProcess> delays = List.of();
    private int lastQueue;
    private List<String> slowed = List.of();
    private Map<Link, LinkState> current = Map.of();

    /** Where the ends of links are, and how commands are run at a node. */
    interface Places {
        List<String> nodes();

        /** Whether a node has a network now: if not, it gets the state of its links when it is started. */
        default boolean isUp(String node) {
            return true;
        }

        String address(String end);

        List<String> prefix(String node);
    }

    /**
     * Tries each ability.
     *
     * @param delayProgram the compiled {@code delay.c}; absent if nothing can be compiled
     */
    PacketNetwork(Places places, Optional<Path> delayProgram) {
        this.places = places;
        this.delayProgram = delayProgram;
        Link link = new Link(
                places.nodes().get(0), places.nodes().get(places.nodes().size() - 1));
        probe(Ability.PARTITION, link, LinkState.BLOCKED);
        probe(Ability.LOSS, link, LinkState.losing(10));
        probe(Ability.DUPLICATION, link, LinkState.duplicating(10));
        probe(Ability.DELAY, link, TRIAL_DELAY);
        probe(Ability.SLOW_LINK, link, LinkState.slow(100_000));
        if (lacking.containsKey(Ability.DELAY)) {
            lacking.put(Ability.REORDERING, lacking.get(Ability.DELAY));
        }
    }

    private void probe(Ability ability, Link link, LinkState state) {
        try {
            set(Map.of(link, state));
        } catch (IllegalStateException | UnsupportedOperationException e) {
            lacking.put(
                    ability, String.valueOf(e.getMessage()).lines().findFirst().orElse("it fails"));
        }
        heal();
    }

    Map<Ability, String> lacking() {
        return Map.copyOf(lacking);
    }

    @Override
    public void set(Map<Link, LinkState> links) {
        Map<Link, LinkState> sorted = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        sorted.putAll(links);
        current = Map.copyOf(links);
        List<DelayProcess> before = delays;
        delays = new ArrayList<>();
        Map<Link, Integer> queues = startDelays(sorted);
        for (String node : up()) {
            Tool.feed(
                    new PacketRules(node, places::address, queues).of(sorted), command(node, "iptables-restore", "-w"));
        }
        before.forEach(DelayProcess::close);
        slowDown(sorted);
    }

    /** Gives a node whose network is new what its links should be. */
    void renew() {
        set(current);
    }

    private List<String> up() {
        return places.nodes().stream().filter(places::isUp).toList();
    }

    private Map<Link, Integer> startDelays(Map<Link, LinkState> links) {
        Map<Link, Integer> queues = new HashMap<>();
        links.forEach((link, state) -> {
            String node = link.from().equals(Link.CLIENTS) ? link.to() : link.from();
            if (state.delayMillis() > 0 && places.isUp(node)) {
                Path program = delayProgram.orElseThrow(
                        () -> new UnsupportedOperationException("no C compiler to make the delaying program with"));
                lastQueue = lastQueue % QUEUES_MAX + 1; // those of before are in use until the rules are replaced
                int queue = lastQueue;
                delays.add(new DelayProcess(places.prefix(node), program.toString(), queue, state));
                queues.put(link, queue);
            }
        });
        return queues;
    }

    private void slowDown(Map<Link, LinkState> links) {
        for (String node : slowed) {
            // fails if the node's network is another one by now, which isn't slow
            var unused = Tool.attempt(List.of(command(node, "tc", "qdisc", "del", "dev", DEVICE, "root")), "");
        }
        slowed = List.of();
        Map<String, Integer> rates = new TreeMap<>();
        links.forEach((link, state) -> {
            if (state.bytesPerSecondMax() > 0 && up().contains(link.from())) {
                rates.merge(link.from(), state.bytesPerSecondMax(), Math::min);
            }
        });
        for (String node : rates.keySet()) {
            Tool.run(command(
                    node,
                    "tc",
                    "qdisc",
                    "add",
                    "dev",
                    DEVICE,
                    "root",
                    "tbf",
                    "rate",
                    rates.get(node) * 8L + "bit",
                    "burst",
                    "3200",
                    "latency",
                    "2s"));
        }
        slowed = List.copyOf(new TreeSet<>(rates.keySet()));
    }

    private String[] command(String node, String... words) {
        List<String> all = new ArrayList<>(places.prefix(node));
        all.addAll(List.of(words));
        return all.toArray(String[]::new);
    }

    @Override
    public void close() {
        delays.forEach(DelayProcess::close);
        delays = List.of();
    }
}
