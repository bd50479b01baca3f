package io.quorate.chaos.sim;

import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.server.config.ServerLimits;
import io.quorate.server.endpoint.AdminQueue;
import io.quorate.server.endpoint.Endpoints;
import io.quorate.server.endpoint.Groups;
import io.quorate.server.endpoint.RuleCatalog;
import io.quorate.server.endpoint.RulesFencer;
import io.quorate.server.endpoint.Subscriptions;
import io.quorate.server.lease.LeasePolicy;
import io.quorate.server.lease.LeaseSettings;
import io.quorate.server.metrics.ServerMetrics;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server: the product's endpoints, rules and lease policy over this node's replicas, wired as the daemon wires them. */
final class SimNode extends SimProcess {
    private static final long HOUSEKEEPING_NANOS = 1_000_000_000L;

    final int number;
    final NodeId id;
    final List<Replica> replicas = new ArrayList<>();
    private final ServerMetrics metrics = new ServerMetrics();
    private final List<SimConnection> connections = new ArrayList<>();
    private @Nullable Endpoints endpoints;
    private @Nullable RuleCatalog catalog;
    private @Nullable RulesFencer fencer;

    SimNode(World world, SimClock clock, int number) {
        super(world, clock, number);
        this.number = number;
        this.id = new NodeId("n" + (number + 1));
    }

    static String address(int number) {
        return "10.0.0." + (number + 1) + ":7101";
    }

    /** Names the life of the machine, in which its monotonic clock goes on: processes come and go in one. */
    String bootId() {
        return "machine-" + number;
    }

    ServerMetrics metrics() {
        return metrics;
    }

    Endpoints endpoints() {
        Endpoints its = endpoints;
        if (its == null) {
            throw new IllegalStateException("the process is dead");
        }
        return its;
    }

    void boot() {
        begin();
        List<ReplicatedGroup> all = new ArrayList<>();
        for (Replica replica : replicas) {
            replica.boot();
            all.add(replica);
        }
        Groups groups = new Groups(world.topology, all);
        StepExecutor executor = new StepExecutor(this);
        Subscriptions subscriptions = new Subscriptions();
        RulesFencer fences = new RulesFencer(groups);
        RuleCatalog rules = new RuleCatalog(replicas.get(0), metrics, executor, version -> {
            fences.fence(version);
            RuleCatalog its = catalog;
            if (its != null) {
                subscriptions.advanced(its);
            }
        });
        catalog = rules;
        fencer = fences;
        endpoints = new Endpoints(
                new Endpoints.Parts(
                        groups,
                        rules,
                        world.machine,
                        new LeasePolicy(LeaseSettings.DEFAULT),
                        subscriptions,
                        ServerLimits.DEFAULT,
                        new AdminQueue(executor),
                        metrics),
                id,
                "simulated");
        rules.changed();
        keepHouse();
    }

    private void keepHouse() {
        post(HOUSEKEEPING_NANOS, Step.HOUSEKEEPING, () -> {
            for (Replica replica : replicas) {
                replica.tick();
            }
            RulesFencer fences = fencer;
            RuleCatalog rules = catalog;
            if (fences != null && rules != null) {
                fences.fence(rules.version());
            }
            keepHouse();
        });
    }

    void rulesVersionChanged(GroupId group) {
        RuleCatalog rules = catalog;
        if (group.value() == 0 && rules != null) {
            rules.changed();
        }
    }

    void accepted(SimConnection connection) {
        connections.add(connection);
    }

    void closed(SimConnection connection) {
        connections.remove(connection);
        Endpoints its = endpoints;
        if (its != null) {
            its.closed(connection.peer());
        }
    }

    /** The process dies, with its connections and all that wasn't synced. */
    void die() {
        end();
        endpoints = null;
        catalog = null;
        fencer = null;
        for (Replica replica : replicas) {
            replica.die();
        }
        List<SimConnection> open = List.copyOf(connections);
        connections.clear();
        for (SimConnection connection : open) {
            connection.serverDied();
        }
    }

    /** Resets a connection, if there is any. */
    void resetOne() {
        if (!connections.isEmpty()) {
            SimConnection chosen = connections.get(world.random.nextInt(connections.size()));
            chosen.serverDied();
            closed(chosen);
        }
    }
}
