package io.quorate.chaos.run;

import io.quorate.chaos.check.Findings;
import io.quorate.chaos.check.RunCheck;
import io.quorate.chaos.check.RunFolder;
import io.quorate.chaos.history.History;
import io.quorate.chaos.report.RunReport;
import io.quorate.chaos.substrate.ChaosNode;
import io.quorate.chaos.substrate.Substrate;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.QuorateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A run: load from the moment that it is started, faults by whoever holds its {@link #history}, and at the end a final
 * phase, the logs of all nodes, the checks and a report.
 *
 * <pre>{@code
 * try (Substrate cluster = ...; ChaosRun run = ChaosRun.start(cluster, RunPlan.of(folder, seed))) {
 *     inject(cluster, run.history());     // and heal
 *     Findings findings = run.finish();   // stops the nodes
 * }
 * }</pre>
 */
public final class ChaosRun implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Substrate cluster;
    private final RunPlan plan;
    private final History history;
    private final Workload workload;
    private final List<QuorateClient> clients = new ArrayList<>();
    private final List<Driver> drivers = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();
    private boolean finished;

    private ChaosRun(Substrate cluster, RunPlan plan) {
        this.cluster = cluster;
        this.plan = plan;
        this.workload = new Workload(plan.seed());
        this.history = History.create(plan.folder());
    }

    /** Applies the rules and starts the load. The cluster must be able to elect leaders. */
    public static ChaosRun start(Substrate cluster, RunPlan plan) {
        try {
            Files.createDirectories(plan.folder());
        } catch (IOException e) {
            throw new UncheckedIOException("can't make the folder of the run", e);
        }
        ChaosRun run = new ChaosRun(cluster, plan);
        try {
            run.begin();
            return run;
        } catch (RuntimeException e) {
            run.close();
            throw e;
        }
    }

    /** To note faults in. */
    public History history() {
        return history;
    }

    private void begin() {
        history.note("seed", String.valueOf(plan.seed()));
        history.note("cluster", cluster.name());
        SplittableRandom random = new SplittableRandom(plan.seed());
        QuorateClient adminClient = patiently("admin", false);
        applyRules(adminClient);
        AdminDriver admin = new AdminDriver(adminClient, workload, history, random.split());
        QuorateClient viewer = patiently("sightings", false);
        history.note("phase", "load");
        drivers.add(new SightingDriver(viewer, history, cluster.groups(), random.split()));
        QuorateClient shared = null;
        for (int i = 0; i < plan.sdkDrivers(); i++) {
            shared = shared == null || i % 4 == 0 ? patiently("sdk-" + i / 4, false) : shared;
            drivers.add(new SdkDriver("sdk-" + i, shared, workload, history, random.split()));
        }
        List<String> addresses =
                cluster.nodes().stream().map(ChaosNode::clientAddress).toList();
        for (int i = 0; i < plan.wireDrivers(); i++) {
            drivers.add(new WireDriver("wire-" + i, addresses, workload, history, random.split()));
        }
        QuorateClient leasing = null;
        for (int i = 0; i < plan.leaseDrivers(); i++) {
            leasing = leasing == null || i % 2 == 0 ? patiently("lease-" + i / 2, true) : leasing;
            drivers.add(new LeaseDriver("lease-" + i, leasing, workload, history, random.split()));
        }
        drivers.add(admin);
        drivers.forEach(Driver::start);
    }

    private QuorateClient patiently(String name, boolean leases) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                QuorateClient client = SdkDriver.client(cluster.clientEndpoints(), name, leases);
                clients.add(client);
                return client;
            } catch (QuorateException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void applyRules(QuorateClient client) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                client.admin().applyRules(Workload.leasedRules(), OptionalLong.empty());
                client.admin().applyRules(Workload.plainRules(Optional.empty()), OptionalLong.empty());
                return;
            } catch (QuorateException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /**
     * Ends the load, waits until all nodes have the same, reads what lasts, stops the nodes, and judges. Whoever
     * injected faults must have healed them, and started what was killed.
     *
     * @return what was found; the folder has the evidence and {@code index.html}
     */
    public Findings finish() {
        finished = true;
        stopDrivers();
        FinalPhase last = new FinalPhase(cluster, history, workload);
        QuorateClient client = patiently("final", false);
        troubles.addAll(last.run(client));
        troubles.forEach(trouble -> history.note("trouble", trouble));
        clients.forEach(QuorateClient::close);
        clients.clear();
        history.close();
        for (ChaosNode node : cluster.nodes()) {
            node.stop();
        }
        RunFolder folder = new RunFolder(plan.folder());
        for (ChaosNode node : cluster.nodes()) {
            Dumps.write(node, folder.dump(node.id()));
            keepLog(node);
        }
        Findings findings = RunCheck.check(folder);
        RunReport.write(plan.folder(), folder, findings);
        return findings;
    }

    /** What went wrong with the run itself: drivers that ended, a cluster that didn't become whole. */
    public List<String> troubles() {
        return List.copyOf(troubles);
    }

    private void stopDrivers() {
        drivers.forEach(Driver::stopSoon);
        for (Driver driver : drivers) {
            String failure = driver.join();
            if (!failure.isEmpty()) {
                troubles.add(failure);
            }
        }
        drivers.clear();
        // Leases are returned as their clients close; what isn't, expires.
        clients.forEach(QuorateClient::close);
        clients.clear();
    }

    private void keepLog(ChaosNode node) {
        Path logs = plan.folder().resolve("nodes");
        try {
            Files.createDirectories(logs);
            if (Files.exists(node.log())) {
                Files.copy(node.log(), logs.resolve(node.id() + ".log"), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't keep the log of " + node.id(), e);
        }
    }

    /** Ends the load if the run wasn't finished. */
    @Override
    public void close() {
        if (!finished) {
            finished = true;
            stopDrivers();
            history.close();
        }
    }
}
