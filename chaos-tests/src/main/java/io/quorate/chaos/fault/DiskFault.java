package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.Ability;
import io.quorate.chaos.substrate.ChaosNode;
import io.quorate.chaos.substrate.DiskControl;
import java.util.List;
import java.util.Set;

/** A node's disk that is full, slow, fails, or dies. A node may end of it, and is started when the disk is well. */
record DiskFault(Kind what) implements Fault {
    private static final long MILLIS_MIN = 1_500;
    private static final long MILLIS_MAX = 4_000;

    /** What it does. */
    enum Kind {
        DISK_FULL(Ability.DISK_FULL),
        SLOW_FSYNC(Ability.SLOW_FSYNC),
        FAILING_FSYNC(Ability.FAILING_FSYNC),
        DISK_DEATH(Ability.DISK_DEATH);

        private final Ability needed;

        Kind(Ability needed) {
            this.needed = needed;
        }
    }

    @Override
    public String kind() {
        return Words.of(what);
    }

    @Override
    public Set<Ability> needs() {
        return Set.of(what.needed);
    }

    @Override
    public Company company() {
        return what == Kind.SLOW_FSYNC ? Company.CLOCKS : Company.NODES;
    }

    @Override
    public Injection plan(Scene scene) {
        ChaosNode node = scene.random().nextBoolean() ? scene.someNode() : scene.leader(scene.someGroup());
        long lasts = scene.between(MILLIS_MIN, MILLIS_MAX);
        DiskControl disk = node.disk();
        List<ChaosNode> one = List.of(node);
        return switch (what) {
            case DISK_FULL ->
                Injection.at(one, lasts, disk::fill, () -> {
                    disk.free();
                    restart(node);
                });
            case SLOW_FSYNC -> {
                int millis = scene.one(List.of(20, 200, 1_000));
                yield Injection.at(one, lasts, () -> disk.syncDelayMillis(millis), () -> disk.syncDelayMillis(0))
                        .with("millis", millis);
            }
            case FAILING_FSYNC ->
                Injection.at(one, lasts, () -> disk.syncs(DiskControl.Syncs.FAIL), () -> {
                    disk.syncs(DiskControl.Syncs.WORK);
                    restart(node);
                });
            case DISK_DEATH ->
                Injection.at(one, lasts, disk::die, () -> {
                    node.kill();
                    disk.repair();
                    node.start();
                });
        };
    }

    /** Whether it noticed or not: what failed once isn't tried again by a database that is open. */
    private static void restart(ChaosNode node) {
        node.kill();
        node.start();
    }
}
