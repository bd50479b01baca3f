package io.quorate.server;

import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.jraft.RaftNode;
import io.quorate.server.admin.AdminServer;
import io.quorate.server.admin.NodeHealth;
import io.quorate.server.config.HostPort;
import io.quorate.server.config.ServerConfig;
import io.quorate.server.endpoint.AdminQueue;
import io.quorate.server.endpoint.Endpoints;
import io.quorate.server.endpoint.Groups;
import io.quorate.server.endpoint.RuleCatalog;
import io.quorate.server.endpoint.RulesFencer;
import io.quorate.server.endpoint.RulesSettler;
import io.quorate.server.endpoint.Subscriptions;
import io.quorate.server.lease.LeasePolicy;
import io.quorate.server.lease.LeaseSettings;
import io.quorate.server.metrics.MetricsPage;
import io.quorate.server.metrics.ServerMetrics;
import io.quorate.server.net.NativeServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running node: the groups, the rules they are decided by, the client port and the admin port.
 *
 * <p>Thread-safe. Threads of its own: the event loops of the two ports, one for rules, one for requests
 * about rules, keys and groups; besides those of the groups.
 */
public final class QuorateServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QuorateServer.class);
    private static final long FENCE_MILLIS = 1_000;

    private final ServerConfig config;
    private final RaftNode raft;
    private final ScheduledExecutorService rulesThread;
    private final AdminQueue adminQueue;
    private final MetricsPage metricsPage;
    private final NativeServer clients;
    private final @Nullable AdminServer admin;
    private final AtomicBoolean stopping;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Starts a node and returns when its ports are bound and its groups are started (not yet: elected).
     *
     * @param onFatal called when the node can't go on (see {@code RaftNode}); the daemon exits with the message
     * @throws IllegalStateException that says why the node can't start: its directory, a port, or stored data
     */
    public static QuorateServer start(ServerConfig config, Consumer<String> onFatal) {
        CompletableFuture<RuleCatalog> catalog = new CompletableFuture<>();
        RaftNode raft = RaftNode.start(
                config.raft(),
                version -> {
                    var unused = catalog.thenAccept(RuleCatalog::changed);
                },
                onFatal);
        try {
            return new QuorateServer(config, raft, catalog);
        } catch (IOException e) {
            raft.close();
            throw new IllegalStateException(e.getMessage(), e);
        } catch (RuntimeException e) {
            raft.close();
            throw e;
        }
    }

    private QuorateServer(ServerConfig config, RaftNode raft, CompletableFuture<RuleCatalog> catalogToBe)
            throws IOException {
        this.config = config;
        this.raft = raft;
        String node = config.raft().self().value();
        Groups groups = new Groups(config.raft().topology(), raft.groups());
        ServerMetrics metrics = new ServerMetrics();
        this.stopping = new AtomicBoolean();
        AtomicBoolean stopSeen = this.stopping;
        this.rulesThread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "quorate-rules-" + node);
            thread.setDaemon(true);
            return thread;
        });
        this.adminQueue = new AdminQueue(config.limits().adminQueueMax(), "quorate-admin-" + node);
        RulesFencer fencer = new RulesFencer(groups);
        Subscriptions subscriptions = new Subscriptions();
        CompletableFuture<RuleCatalog> advancing = new CompletableFuture<>();
        RuleCatalog catalog = new RuleCatalog(groups.all().get(0), metrics, rulesThread, version -> {
            fencer.fence(version);
            var unused = advancing.thenAccept(subscriptions::advanced);
        });
        advancing.complete(catalog);
        RulesSettler settler = new RulesSettler(groups.all().get(0), catalog, rulesThread);
        this.metricsPage = new MetricsPage(metrics, catalog::version, groups.all(), raft::load);
        Endpoints endpoints = new Endpoints(
                new Endpoints.Parts(
                        groups,
                        catalog,
                        new Machine(MachineLimits.DEFAULT),
                        new LeasePolicy(LeaseSettings.DEFAULT),
                        subscriptions,
                        config.limits(),
                        adminQueue,
                        metrics),
                config.raft().self(),
                version());
        this.clients = startClients(endpoints, metrics, node);
        this.admin = startAdmin(new NodeHealth(groups.all(), catalog::isLoaded, stopSeen::get), node);
        catalogToBe.complete(catalog);
        catalog.changed();
        var unused = rulesThread.scheduleWithFixedDelay(
                () -> fenceAgain(fencer, settler, catalog), FENCE_MILLIS, FENCE_MILLIS, TimeUnit.MILLISECONDS);
        LOG.info(
                "node {} of cluster {} serves clients at {}, {} data groups",
                node,
                config.raft().topology().clusterId(),
                clients.address(),
                config.raft().topology().dataGroups());
    }

    private NativeServer startClients(Endpoints endpoints, ServerMetrics metrics, String node) throws IOException {
        try {
            return NativeServer.start(
                    HostPort.parse(config.clientAddress()), endpoints, config.limits(), metrics, "quorate-io-" + node);
        } catch (IOException e) {
            stopThreads();
            throw e;
        }
    }

    private @Nullable AdminServer startAdmin(NodeHealth health, String node) throws IOException {
        Optional<String> address = config.adminAddress();
        if (address.isEmpty()) {
            return null;
        }
        try {
            return AdminServer.start(HostPort.parse(address.get()), metricsPage, health, "quorate-admin-io-" + node);
        } catch (IOException e) {
            clients.close();
            stopThreads();
            throw e;
        }
    }

    /** For groups that this node came to lead since the rules changed, and for rules whose time comes or goes. */
    private static void fenceAgain(RulesFencer fencer, RulesSettler settler, RuleCatalog catalog) {
        try {
            fencer.fence(catalog.version());
            settler.settle();
        } catch (RuntimeException e) {
            LOG.error("groups couldn't be fenced; it is tried again", e);
        }
    }

    private static String version() {
        return Optional.ofNullable(QuorateServer.class.getPackage().getImplementationVersion())
                .orElse("unreleased");
    }

    /** {@code host:port} of the native protocol as bound. */
    public String clientAddress() {
        return clients.address().toString();
    }

    /** {@code host:port} of the admin port as bound; absent if there is none. */
    public Optional<String> adminAddress() {
        return Optional.ofNullable(admin).map(server -> server.address().toString());
    }

    /** Group to known leader's node id, as this node sees it; groups without a leader are absent. */
    public Map<Integer, String> leaders() {
        Map<Integer, String> leaders = new TreeMap<>();
        for (ReplicatedGroup group : raft.groups()) {
            group.leader()
                    .map(NodeId::value)
                    .ifPresent(leader -> leaders.put(group.id().value(), leader));
        }
        return leaders;
    }

    /** The groups that began with nothing on this node, and wait to hear from all other members. */
    public List<Integer> newcomers() {
        return raft.groups().stream()
                .filter(group -> group.status().role().equals("newcomer"))
                .map(group -> group.id().value())
                .toList();
    }

    /** Hands leadership over, answers what is in flight, and stops; bounded by {@code shutdownMillisMax}. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        long endNanos = System.nanoTime()
                + TimeUnit.MILLISECONDS.toNanos(config.limits().shutdownMillisMax());
        stopping.set(true);
        clients.stopAccepting();
        raft.handOver(Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()) * 2 / 3));
        try {
            if (!clients.drain(TimeUnit.NANOSECONDS.toMillis(Math.max(0, endNanos - System.nanoTime())))) {
                LOG.warn(
                        "not every request was answered within {} ms",
                        config.limits().shutdownMillisMax());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stop();
        LOG.info("node {} has stopped", config.raft().self());
    }

    /** Stops without handing over, as a crash would, but releases what a process exit would release. */
    public void kill() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        stopping.set(true);
        raft.cutOff();
        stop();
    }

    private void stop() {
        clients.close();
        if (admin != null) {
            admin.close();
        }
        stopThreads();
        raft.close();
    }

    private void stopThreads() {
        rulesThread.shutdownNow();
        adminQueue.close();
        metricsPage.close();
    }
}
