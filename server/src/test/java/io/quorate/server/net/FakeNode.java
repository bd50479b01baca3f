package io.quorate.server.net;

import static org.awaitility.Awaitility.await;

import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.quota.Slots;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Rules;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.placement.Member;
import io.quorate.raft.placement.Topology;
import io.quorate.server.config.HostPort;
import io.quorate.server.config.ServerLimits;
import io.quorate.server.endpoint.AdminQueue;
import io.quorate.server.endpoint.Endpoints;
import io.quorate.server.endpoint.FakeGroup;
import io.quorate.server.endpoint.Groups;
import io.quorate.server.endpoint.RuleCatalog;
import io.quorate.server.endpoint.RulesFencer;
import io.quorate.server.endpoint.Subscriptions;
import io.quorate.server.lease.LeasePolicy;
import io.quorate.server.lease.LeaseSettings;
import io.quorate.server.metrics.ServerMetrics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;

/** A node's client port over groups without a log, on a free port of the loopback. */
public final class FakeNode implements AutoCloseable {
    public static final int DATA_GROUPS = 2;
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ExecutorService applyThread = Executors.newSingleThreadExecutor();
    private final ScheduledExecutorService rulesThread = Executors.newSingleThreadScheduledExecutor();
    private final AdminQueue adminQueue = new AdminQueue(64, "admin");
    private final List<FakeGroup> groups = new ArrayList<>();
    private final ServerMetrics metrics = new ServerMetrics();
    private final RuleCatalog catalog;
    private final NativeServer server;

    public FakeNode(ServerLimits limits) throws IOException {
        AtomicReference<RuleCatalog> toBe = new AtomicReference<>();
        for (int id = 0; id <= DATA_GROUPS; id++) {
            groups.add(new FakeGroup(
                    id, applyThread, id == 0 ? version -> toBe.get().changed() : version -> {}));
        }
        Topology topology = new Topology(
                "test",
                1,
                DATA_GROUPS,
                List.of(
                        new Member(new NodeId("n1"), "127.0.0.1:1", "127.0.0.1:2"),
                        new Member(new NodeId("n2"), "127.0.0.1:3", "127.0.0.1:4")));
        Groups all = new Groups(topology, List.<ReplicatedGroup>copyOf(groups));
        Subscriptions subscriptions = new Subscriptions();
        RulesFencer fencer = new RulesFencer(all);
        catalog = new RuleCatalog(groups.get(0), metrics, rulesThread, version -> {
            fencer.fence(version);
            subscriptions.advanced(toBe.get());
        });
        toBe.set(catalog);
        catalog.changed();
        await().atMost(PATIENCE).until(catalog::isLoaded);
        Endpoints endpoints = new Endpoints(
                new Endpoints.Parts(
                        all,
                        catalog,
                        new Machine(MachineLimits.DEFAULT),
                        new LeasePolicy(LeaseSettings.DEFAULT),
                        subscriptions,
                        limits,
                        adminQueue,
                        metrics),
                new NodeId("n1"),
                "test");
        server = NativeServer.start(new HostPort("127.0.0.1", 0), endpoints, limits, metrics, "io");
    }

    public String address() {
        return server.address().toString();
    }

    public NativeServer server() {
        return server;
    }

    public ServerMetrics metrics() {
        return metrics;
    }

    public FakeGroup group(int id) {
        return groups.get(id);
    }

    public RuleCatalog catalog() {
        return catalog;
    }

    /** The group of a namespace that isn't colocated. */
    public static int groupOf(String namespace) {
        return Slots.groupOf(Slots.of(namespace), DATA_GROUPS).value();
    }

    /** Puts rules and waits until every group is fenced. */
    public void put(Rules.Put.Builder rules) throws IOException {
        try (TestClient client = TestClient.greeted(address())) {
            Response put = client.ask(Request.newBuilder().setPutRules(rules));
            if (!put.hasRulesPut()) {
                throw new IOException("not put: " + put);
            }
            for (int group = 1; group <= DATA_GROUPS; group++) {
                Response fenced = client.ask(Request.newBuilder()
                        .setFenceRules(Rules.Fence.newBuilder()
                                .setGroup(group)
                                .setVersion(put.getRulesPut().getVersion())));
                if (!fenced.hasDone()) {
                    throw new IOException("not fenced: " + fenced);
                }
            }
        }
    }

    /** All commands that any group has applied. */
    public int applied() {
        return groups.stream()
                .flatMap(group -> group.entrySizes().stream())
                .mapToInt(Integer::intValue)
                .sum();
    }

    @Override
    public void close() {
        server.close();
        adminQueue.close();
        rulesThread.shutdownNow();
        applyThread.shutdownNow();
    }
}
