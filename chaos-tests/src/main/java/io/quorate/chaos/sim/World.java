package io.quorate.chaos.sim;

import io.quorate.core.machine.Machine;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.placement.Member;
import io.quorate.raft.placement.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One run: everything that a seed makes, on one thread. Faults first; then all is healed, and what must come about again
 * does.
 */
final class World {
    /** After a suspension a client may take so long to notice it (client.lease.SuspendGuard), with its tick. */
    static final long SUSPENSION_NOTICED_NANOS = 150_000_000L;

    private static final long BEGIN_EVENTS_MAX = 5_000;

    final Agenda agenda = new Agenda();
    final SplittableRandom random;
    final Swarm swarm;
    final Sabotage sabotage;
    final SimNetwork network;
    final RuleBook rules;
    final Machine machine;
    final Topology topology;
    final List<SimLog> logs = new ArrayList<>();
    final List<SimNode> nodes = new ArrayList<>();
    final List<SimClient> clients = new ArrayList<>();
    final List<ClientBook> books = new ArrayList<>();
    final Checks checks;
    private final List<Traffic> traffic = new ArrayList<>();
    private final Weather weather;
    private @Nullable Violation failure;
    private boolean begun;
    private boolean healed;
    private boolean resting;

    World(long seed, Set<FaultKind> off, Sabotage sabotage) {
        this.random = new SplittableRandom(seed);
        this.sabotage = sabotage;
        this.swarm = new Swarm(random, off);
        this.rules = new RuleBook(swarm, random);
        this.machine = new Machine(swarm.machineLimits, sabotage.arithmetic());
        this.network = new SimNetwork(swarm, random, swarm.nodes + swarm.clients + 1);
        this.weather = new Weather(this);
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < swarm.nodes; i++) {
            SimNode node = new SimNode(this, weather.newClock(), i);
            nodes.add(node);
            members.add(new Member(node.id, "raft-" + i + ":7201", SimNode.address(i)));
        }
        this.topology = new Topology("simulation", 1, swarm.dataGroups, members);
        for (int group = 0; group <= swarm.dataGroups; group++) {
            SimLog log = new SimLog(this, new GroupId(group));
            logs.add(log);
            for (SimNode node : nodes) {
                Replica replica = new Replica(this, log, node);
                log.replicas.add(replica);
                node.replicas.add(replica);
            }
        }
        this.checks = new Checks(this);
        for (int i = 0; i < swarm.clients; i++) {
            SimClient client = new SimClient(this, weather.newClock(), swarm.nodes + i, i);
            clients.add(client);
            traffic.add(new Traffic(this, client));
        }
    }

    /** Runs so many events, or until something is wrong. */
    Optional<Violation> run(long eventsMax) {
        try {
            begin();
            long safetyEvents = eventsMax - eventsMax / 5;
            while (agenda.events() < safetyEvents && step()) {
                continue;
            }
            new Recovery(this).run();
            for (ClientBook book : books) {
                book.reconcile(checks);
            }
            return Optional.empty();
        } catch (Violation e) {
            return Optional.of(e);
        } catch (RuntimeException e) {
            return Optional.of(new Violation("event " + agenda.events(), e));
        }
    }

    /** Lets the next event happen; false if there is none. */
    boolean step() {
        boolean stepped = agenda.step();
        Violation found = failure;
        if (found != null) {
            throw found;
        }
        return stepped;
    }

    /** Something was found wrong where it can't be thrown; the run ends after this event. */
    void failed(Violation violation) {
        failure = violation;
    }

    private void begin() {
        nodes.forEach(SimNode::boot);
        logs.forEach(SimLog::start);
        SimClient office = new SimClient(this, weather.newClock(), swarm.nodes + swarm.clients, -1);
        Administrator administrator = new Administrator(this, office);
        office.boot(administrator::begin);
        while (!administrator.hasBegun()) {
            if (agenda.events() > BEGIN_EVENTS_MAX || !step()) {
                throw new Violation(Invariant.L3, "no rules could be put in force");
            }
        }
        begun = true;
        network.begin();
        clients.forEach(this::boot);
        weather.begin();
    }

    private void boot(SimClient client) {
        client.boot(() -> traffic.get(client.number).begin());
    }

    void bootIfDown(SimNode node) {
        if (!node.isUp()) {
            node.boot();
        }
    }

    void bootIfDown(SimClient client) {
        if (!client.isUp() && !healed) {
            boot(client);
        }
    }

    List<SimProcess> processes() {
        List<SimProcess> all = new ArrayList<>(nodes);
        all.addAll(clients);
        return all;
    }

    Traffic traffic(SimClient client) {
        return traffic.get(client.number);
    }

    /** Once in so many times, where that is among the faults, something takes long. */
    long slownessNanos(int oneIn) {
        boolean slow = swarm.has(FaultKind.SLOW_APPLY) && !isCalm() && random.nextInt(oneIn) == 0;
        return slow ? network.logUniform(1_000_000, 800_000_000) : 0;
    }

    /** Whether nothing goes wrong: at the start, and at the end. */
    boolean isCalm() {
        return !begun || healed;
    }

    /** Whether nothing goes wrong any more. */
    boolean isHealed() {
        return healed;
    }

    void heal() {
        healed = true;
        network.perfect();
        for (SimProcess process : processes()) {
            process.resume();
            process.clock.thaw();
            process.clock.drift(0);
        }
        nodes.forEach(this::bootIfDown);
    }

    /** Clients ask for nothing more. */
    void rest() {
        resting = true;
    }

    boolean isResting(SimClient client) {
        return resting;
    }
}
