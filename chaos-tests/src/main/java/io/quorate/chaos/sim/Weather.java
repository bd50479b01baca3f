package io.quorate.chaos.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Makes faults happen, each for a time, and some at once. */
final class Weather {
    private static final long MILLI = 1_000_000L;
    private static final long SPELL_FAULTS = 12;
    /** By how much a monotonic clock may be wrong, as it is assumed to be; millionths. */
    static final long PPM_ASSUMED = 200;

    private static final long PPM_RUNAWAY = 50_000;
    private static final long OFFSET_MILLIS_MAX = 3_600_000;

    private final World world;
    private final SplittableRandom random;

    Weather(World world) {
        this.world = world;
        this.random = world.random;
    }

    void begin() {
        next();
    }

    private void next() {
        world.agenda.after(random.nextLong(2 * world.swarm.faultNanos) + 1, Step.FAULT, () -> {
            if (!world.isHealed()) {
                strike(world.swarm.draw(random));
                next();
            }
        });
    }

    private void strike(FaultKind kind) {
        world.agenda.note(kind.ordinal());
        switch (kind) {
            case PARTITION -> partition(false);
            case ONE_WAY_PARTITION -> partition(true);
            case CONNECTION_RESET -> anyNode().resetOne();
            case LEADER_CHANGE -> anyLog().elect();
            case SERVER_PAUSE -> {
                SimNode node = anyNode();
                node.pause(spell(10 * MILLI, 60_000 * MILLI));
            }
            case CLIENT_PAUSE -> pause(anyClient());
            case SERVER_CRASH -> crash(anyNode());
            case ALL_SERVERS_CRASH -> {
                if (random.nextInt(4) == 0) {
                    world.nodes.forEach(this::crash);
                }
            }
            case CLIENT_CRASH -> crash(anyClient());
            case CLOCK_DRIFT -> anyProcess().clock.drift(signed(PPM_ASSUMED));
            case CLOCK_RUNAWAY -> anyProcess().clock.drift(signed(PPM_RUNAWAY));
            case CLOCK_STEP -> anyProcess().clock.step(signed(world.network.logUniform(10, OFFSET_MILLIS_MAX)));
            case SNAPSHOT_INSTALL -> anyLog().leaveOneBehind(spell(100 * MILLI, 10_000 * MILLI));
            case CLOCK_FREEZE -> freeze(anyClient());
            default -> {
                // those happen to messages, entries and disks by themselves
            }
        }
    }

    /** How long something lasts: where faults come often, not so long that nothing else happens. */
    private long spell(long least, long most) {
        return world.network.logUniform(
                least, Math.max(2 * least, Math.min(most, SPELL_FAULTS * world.swarm.faultNanos)));
    }

    private long signed(long most) {
        return random.nextLong(-most, most + 1);
    }

    /** How wrong a clock is from the beginning. */
    SimClock newClock() {
        long drift = world.swarm.has(FaultKind.CLOCK_DRIFT) ? signed(PPM_ASSUMED) : 0;
        long offset = world.swarm.has(FaultKind.CLOCK_OFFSET) ? signed(OFFSET_MILLIS_MAX) : 0;
        return new SimClock(world.agenda, random.nextLong(1L << 50), drift, offset);
    }

    private SimNode anyNode() {
        return world.nodes.get(random.nextInt(world.nodes.size()));
    }

    private SimLog anyLog() {
        return world.logs.get(random.nextInt(world.logs.size()));
    }

    private SimClient anyClient() {
        return world.clients.get(random.nextInt(world.clients.size()));
    }

    private SimProcess anyProcess() {
        return random.nextBoolean() ? anyNode() : anyClient();
    }

    private void pause(SimClient client) {
        client.pause(spell(10 * MILLI, 60_000 * MILLI));
    }

    /** The machine is suspended: it does nothing, and its monotonic clock stands still. */
    private void freeze(SimClient client) {
        if (client.isPaused()) {
            return;
        }
        long nanos = spell(60 * MILLI, 30_000 * MILLI);
        client.pause(nanos);
        client.clock.freeze();
        world.agenda.after(nanos, Step.HEAL, client.clock::thaw);
    }

    private void crash(SimNode node) {
        if (node.isUp()) {
            node.die();
            world.agenda.after(spell(10 * MILLI, 5_000 * MILLI), Step.BOOT, () -> world.bootIfDown(node));
        }
    }

    private void crash(SimClient client) {
        if (client.isUp()) {
            client.die();
            world.agenda.after(spell(10 * MILLI, 5_000 * MILLI), Step.BOOT, () -> world.bootIfDown(client));
        }
    }

    /** Cuts the network in two, or one off, or in one direction alone; clients are on either side. */
    private void partition(boolean oneWay) {
        List<SimProcess> here = new ArrayList<>();
        List<SimProcess> there = new ArrayList<>();
        SimNode alone = random.nextBoolean() ? anyNode() : null;
        for (SimProcess process : world.processes()) {
            boolean chosen = alone == null || process instanceof SimClient ? random.nextBoolean() : process == alone;
            (chosen ? here : there).add(process);
        }
        boolean clientsToo = random.nextBoolean();
        for (SimProcess from : here) {
            for (SimProcess to : there) {
                if (clientsToo || from instanceof SimNode && to instanceof SimNode) {
                    world.network.cut(from.place, to.place);
                    if (!oneWay) {
                        world.network.cut(to.place, from.place);
                    }
                }
            }
        }
        world.agenda.after(spell(20 * MILLI, 20_000 * MILLI), Step.HEAL, world.network::heal);
    }
}
