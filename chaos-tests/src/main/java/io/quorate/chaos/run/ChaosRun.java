package io.quorate.chaos.run;

import io.quorate.chaos.check.Findings;
import io.quorate.chaos.check.GivenUp;
import io.quorate.chaos.check.RunCheck;
import io.quorate.chaos.check.RunFolder;
import io.quorate.chaos.check.UseLog;
import io.quorate.chaos.fault.Fault;
import io.quorate.chaos.fault.Nemesis;
import io.quorate.chaos.fault.Scene;
import io.quorate.chaos.fault.Spenders;
import io.quorate.chaos.history.History;
import io.quorate.chaos.report.Recovery;
import io.quorate.chaos.report.RunReport;
import io.quorate.chaos.substrate.ChaosNode;
import io.quorate.chaos.substrate.ClusterView;
import io.quorate.chaos.substrate.Substrate;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.QuorateException;
import io.quorate.core.rule.RuleSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A run: load from the moment that it is started, faults, and at the end a final phase, the logs of all nodes, the
 * checks and a report. All of it is in its folder.
 *
 * <pre>{@code
 * try (Substrate cluster = ...; ChaosRun run = ChaosRun.start(cluster, RunPlan.of(folder, seed))) {
 *     run.inject(Faults.all(), 140, Duration.ofMinutes(10));
 *     Findings findings = run.finish();   // stops the nodes
 * }
 * }</pre>
 */
public final class ChaosRun implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Substrate cluster;
    private final RunPlan plan;
    private final long startNanos = System.nanoTime();
    private final History history;
    private final Workload workload;
    private final GivenUpLogs givenUp;
    private final Set<String> suspects = new TreeSet<>();
    private final List<QuorateClient> clients = new ArrayList<>();
    private final List<Driver> drivers = new ArrayList<>();
    private final List<WireDriver> wire = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();
    private final Spenders spenders;
    private final ClusterView view;
    private Recovery recovery = Recovery.NONE;
    private boolean finished;

    private ChaosRun(Substrate cluster, RunPlan plan) {
        this.cluster = cluster;
        this.plan = plan;
        this.workload = new Workload(plan.seed());
        this.history = History.create(plan.folder());
        this.givenUp = new GivenUpLogs(plan.folder().resolve("given-up"), history);
        this.spenders = new Spenders(new Spenders.Plan(
                folder().useLogs(),
                cluster.clientEndpoints().split(",", -1),
                Workload.usersTasks(),
                Workload.greedyTasks(),
                List.of(Workload.CALM),
                Workload.USERS_LEASE_MILLIS));
        this.view = ClusterView.open(cluster, PATIENCE);
    }

    /** Applies the rules and starts the load. The cluster must be able to elect leaders. */
    public static ChaosRun start(Substrate cluster, RunPlan plan) {
        try {
            Files.createDirectories(new RunFolder(plan.folder()).useLogs());
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

    private RunFolder folder() {
        return new RunFolder(plan.folder());
    }

    /** To note faults in. */
    public History history() {
        return history;
    }

    /** What the cluster says of itself. */
    public ClusterView view() {
        return view;
    }

    /** Notes what people want to know who look on, in the run's {@code faults.log}, and prints it. */
    public void say(String what) {
        String line = "%7d ms: %s%n".formatted(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos), what);
        System.out.print(line);
        try {
            Files.writeString(
                    plan.folder().resolve("faults.log"), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits until so many more operations were decided.
     *
     * @throws IllegalStateException if that takes long
     */
    public void awaitDecided(long more) {
        long from = history.decided();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (history.decided() < from + more) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("no " + more + " operations were decided within " + PATIENCE);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void begin() {
        say("seed " + plan.seed() + " (repeat with -Dseed=" + plan.seed() + ") on " + cluster.name() + ", to "
                + plan.folder());
        history.note("seed", String.valueOf(plan.seed()));
        history.note("cluster", cluster.name());
        view.awaitWhole(PATIENCE);
        SplittableRandom random = new SplittableRandom(plan.seed());
        QuorateClient adminClient = patiently("admin", false);
        applyRules(adminClient);
        AdminDriver admin = new AdminDriver(adminClient, workload, history, random.split());
        QuorateClient viewer = patiently("sightings", false);
        history.note("phase", "load");
        drivers.add(new SightingDriver(viewer, history, cluster.groups(), random.split()));
        QuorateClient shared = null;
        for (int i = 0; i < plan.load().sdkDrivers(); i++) {
            shared = shared == null || i % 12 == 0 ? patiently("sdk-" + i / 12, false) : shared;
            drivers.add(new SdkDriver("sdk-" + i, shared, workload, history, random.split()));
        }
        List<String> addresses =
                cluster.nodes().stream().map(ChaosNode::clientAddress).toList();
        for (int i = 0; i < plan.load().wireDrivers(); i++) {
            wire.add(new WireDriver("wire-" + i, addresses, workload, history, random.split()));
        }
        drivers.addAll(wire);
        QuorateClient leasing = null;
        for (int i = 0; i < plan.load().leaseDrivers(); i++) {
            leasing = leasing == null || i % 2 == 0 ? patiently("lease-" + i / 2, true) : leasing;
            drivers.add(new LeaseDriver("lease-" + i, leasing, workload, history, random.split()));
        }
        drivers.add(admin);
        for (int i = 0; i < plan.load().spenders(); i++) {
            spenders.add(random);
        }
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
        List<RuleSet> rules = new ArrayList<>(Workload.usersRules());
        rules.add(Workload.leasedRules());
        rules.add(Workload.plainRules(Optional.empty()));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                rules.forEach(set -> client.admin().applyRules(set, OptionalLong.empty()));
                history.note(UseLog.NOTE, Workload.CALM);
                history.note(UseLog.NOTE, Workload.BUCKET);
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
     * Injects faults and heals them, until there were so many or so long has passed. If the cluster doesn't recover
     * from one, that is among the {@link #troubles}, and it ends there.
     */
    public Nemesis.Report inject(List<Fault> faults, int injectionsMax, Duration lasting) {
        Optional<RunClients> side =
                plan.load().spenders() > 0 ? Optional.of(new RunClients(spenders, wire)) : Optional.empty();
        Scene scene = new Scene(cluster, view, side.map(clientSide -> clientSide), plan.seed(), new Looking());
        Nemesis nemesis =
                new Nemesis(scene, history, new Nemesis.Plan(faults, injectionsMax, lasting, PATIENCE, plan.seed()));
        try {
            nemesis.run();
        } catch (IllegalStateException e) {
            trouble(String.valueOf(e.getMessage()));
        }
        suspects.addAll(scene.suspects());
        say(nemesis.report().text());
        return nemesis.report();
    }

    private final class Looking implements Scene.Onlooker {
        @Override
        public void say(String what) {
            ChaosRun.this.say(what);
        }

        @Override
        public void losing(ChaosNode node) {
            givenUp.keep(node);
        }
    }

    private void trouble(String what) {
        say("TROUBLE: " + what);
        troubles.add(what);
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
        view.close();
        try {
            FinalPhase last = new FinalPhase(cluster, history, workload);
            last.run(patiently("final", false)).forEach(this::trouble);
        } catch (QuorateException e) {
            trouble("no client can connect at the end: " + e.getMessage());
        }
        clients.forEach(QuorateClient::close);
        clients.clear();
        for (ChaosNode node : cluster.nodes()) {
            if (node.isAlive()) {
                node.stop();
            }
        }
        writeDumps();
        troubles.forEach(trouble -> history.note("trouble", trouble));
        history.close();
        say("checking");
        Findings findings = RunCheck.check(folder());
        recovery = RunReport.write(plan.folder(), folder(), findings);
        say(recovery.text());
        return findings;
    }

    private void writeDumps() {
        Dumps.Coverage covered = new Dumps.Coverage();
        for (ChaosNode node : cluster.nodes()) {
            Optional<String> unread = Dumps.write(node.dataDirectory(), folder().dump(node.id()), covered);
            unread.ifPresent(why -> say("the log of " + node.id() + " can't be read: " + why));
            if (suspects.contains(node.id())) {
                history.note(GivenUp.DAMAGED_NOTE, node.id());
            } else {
                unread.ifPresent(why -> trouble("the log of " + node.id() + " can't be read: " + why));
            }
            keepLog(node);
        }
        givenUp.write(folder(), covered).forEach(why -> say("of a log that was given up: " + why));
    }

    /** How soon groups recovered from the loss of their leader; known when the run is finished. */
    public Recovery recovery() {
        return recovery;
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
                trouble(failure);
            }
        }
        drivers.clear();
        try {
            spenders.end().forEach(this::trouble);
        } catch (IllegalStateException e) {
            trouble(String.valueOf(e.getMessage()));
        }
        spenders.close();
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
            view.close();
            history.close();
        }
    }
}
