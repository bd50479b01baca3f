package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.ChaosNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A client process that is killed, stands still until its leases are over, or takes all and gives nothing back; clients
 * that send each request to two nodes.
 */
record ClientFault(Kind what) implements Fault {
    private static final long HOARD_MILLIS = 1_000;

    /** What it does. */
    enum Kind {
        CLIENT_KILL,
        CLIENT_PAUSE,
        CLIENT_HOARDER,
        CLIENT_DUPLICATES
    }

    @Override
    public String kind() {
        return Words.of(what);
    }

    @Override
    public Company company() {
        return Company.CLIENTS;
    }

    @Override
    public Injection plan(Scene scene) {
        ClientSide clients = scene.clients().orElseThrow();
        SplittableRandom random = scene.random().split();
        Deque<String> names = new ArrayDeque<>();
        List<ChaosNode> none = List.of();
        long beyondLease = clients.leaseMillisMax() + scene.between(100, 1_000);
        return switch (what) {
            case CLIENT_KILL -> Injection.at(none, 0, () -> scene.say(clients.kill(random)), () -> {});
            case CLIENT_PAUSE ->
                Injection.at(
                        none,
                        beyondLease,
                        () -> names.add(clients.pause(random)),
                        () -> clients.resume(names.remove()));
            case CLIENT_HOARDER ->
                Injection.at(
                        none,
                        HOARD_MILLIS,
                        () -> names.add(clients.startHoarder(random)),
                        () -> clients.killHoarder(names.remove()));
            case CLIENT_DUPLICATES ->
                Injection.at(
                        none,
                        scene.between(HOARD_MILLIS, 3 * HOARD_MILLIS),
                        () -> clients.sendTwice(true),
                        () -> clients.sendTwice(false));
        };
    }
}
