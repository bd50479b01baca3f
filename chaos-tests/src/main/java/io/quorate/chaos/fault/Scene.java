package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.ChaosNode;
import io.quorate.chaos.substrate.ClusterView;
import io.quorate.chaos.substrate.Substrate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What a fault meets: the cluster, its clients, and the chance by which it chooses. Of one thread. */
public final class Scene {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
    private static final long LOOK_MILLIS = 50;
    private static final Duration LEADER_MAX = Duration.ofSeconds(60);

    private final Substrate substrate;
    private final ClusterView view;
    private final Optional<ClientSide> clients;
    private final SplittableRandom random;
    private final Onlooker onlooker;
    private final Set<String> suspects = new TreeSet<>();

    /** Is told what happens. */
    public interface Onlooker {
        /** What people want to know who look on. */
        void say(String what);

        /** A node that is down is about to lose its data, or a part of it. */
        void losing(ChaosNode node);
    }

    /**
     * A scene.
     *
     * @param clients absent if no client processes can be had: then there are no faults of clients
     */
    public Scene(Substrate substrate, ClusterView view, Optional<ClientSide> clients, long seed, Onlooker onlooker) {
        this.substrate = substrate;
        this.view = view;
        this.clients = clients;
        this.onlooker = onlooker;
        this.random = new SplittableRandom(seed);
    }

    Substrate substrate() {
        return substrate;
    }

    ClusterView view() {
        return view;
    }

    Optional<ClientSide> clients() {
        return clients;
    }

    SplittableRandom random() {
        return random;
    }

    List<ChaosNode> nodes() {
        return substrate.nodes();
    }

    int someGroup() {
        return random.nextInt(substrate.groups() + 1);
    }

    ChaosNode leader(int group) {
        return view.awaitLeader(group, LEADER_MAX);
    }

    ChaosNode someNode() {
        return nodes().get(random.nextInt(nodes().size()));
    }

    /** All nodes but one, in an order of chance. */
    List<ChaosNode> others(ChaosNode one) {
        List<ChaosNode> others = new ArrayList<>(nodes());
        others.removeIf(n -> n.id().equals(one.id()));
        return shuffled(others);
    }

    <T> List<T> shuffled(List<T> items) {
        List<T> mixed = new ArrayList<>(items);
        for (int i = mixed.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            T item = mixed.get(i);
            mixed.set(i, mixed.get(j));
            mixed.set(j, item);
        }
        return mixed;
    }

    <T> T one(List<T> items) {
        return items.get(random.nextInt(items.size()));
    }

    long between(long least, long most) {
        return random.nextLong(least, most + 1);
    }

    /**
     * The files of a node that is down are about to be damaged: it may refuse to go on at any time, and is then to be
     * emptied.
     */
    void suspect(ChaosNode node) {
        onlooker.losing(node);
        suspects.add(node.id());
    }

    /** The nodes with damaged files. */
    public Set<String> suspects() {
        return Set.copyOf(suspects);
    }

    /** Takes all data of a node that is down. */
    void wipe(ChaosNode node) {
        onlooker.losing(node);
        suspects.remove(node.id());
        DataFiles.wipe(node);
    }

    /** Waits until the node has ended or the cluster is whole, with it. */
    void awaitEndOrWhole(ChaosNode node, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (node.isAlive() && System.nanoTime() - deadline < 0 && !view.isWhole()) {
            rest(LOOK_MILLIS);
        }
    }

    /** Has a node that is down begin anew, without data; all others must be up, as docs/operating.md says. */
    void empty(ChaosNode node) {
        node.kill();
        wipe(node);
        node.start();
    }

    /**
     * Waits until the cluster is whole; a node with damaged files that ended meanwhile begins anew.
     *
     * @throws IllegalStateException that says so if that takes longer, or if another node ended
     */
    void awaitWhole(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            reviveSuspects();
            try {
                view.awaitWhole(LOOK_AGAIN);
                return;
            } catch (IllegalStateException e) {
                say(String.valueOf(e.getMessage()));
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("not whole after " + atMost + ": " + e.getMessage(), e);
                }
            }
        }
    }

    private void reviveSuspects() {
        for (ChaosNode node : nodes()) {
            if (!node.isAlive() && suspects.contains(node.id())) {
                say(node.id() + " refused its damaged files later");
                empty(node);
            } else if (!node.isAlive()) {
                throw new IllegalStateException(node.id() + " ended by itself, see " + node.log());
            }
        }
    }

    /** What people want to know who look on. */
    void say(String what) {
        onlooker.say(what);
    }

    static void rest(long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = deadline - System.nanoTime(); left > 0; left = deadline - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
