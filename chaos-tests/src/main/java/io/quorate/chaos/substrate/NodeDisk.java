package io.quorate.chaos.substrate;

import java.util.Optional;
import java.util.function.Function;

/** The disk of a node that may have a shim, for its syncs, and a volume of its own. */
final class NodeDisk implements DiskControl, AutoCloseable {
    private final ChaosNode node;
    private final Optional<ShimPage> shim;
    private final Optional<Volume> volume;
    private final Function<Ability, Optional<String>> lacks;

    /** What a disk consists of; {@code lacks} gives the reason for what isn't there. */
    record Parts(Optional<ShimPage> shim, Optional<Volume> volume, Function<Ability, Optional<String>> lacks) {}

    NodeDisk(ChaosNode node, Parts parts) {
        this.node = node;
        this.shim = parts.shim();
        this.volume = parts.volume();
        this.lacks = parts.lacks();
    }

    ShimPage shim(Ability ability) {
        return shim.orElseThrow(
                () -> new UnsupportedOperationException(lacks.apply(ability).orElse("no shim")));
    }

    private Volume volume(Ability ability) {
        return volume.orElseThrow(
                () -> new UnsupportedOperationException(lacks.apply(ability).orElse("no volume")));
    }

    @Override
    public void fill() {
        volume(Ability.DISK_FULL).fill();
    }

    @Override
    public void free() {
        volume(Ability.DISK_FULL).free();
    }

    @Override
    public void syncDelayMillis(int millis) {
        shim(Ability.SLOW_FSYNC).syncDelayMillis(millis);
    }

    @Override
    public void syncs(Syncs syncs) {
        shim(Ability.FAILING_FSYNC).syncs(syncs);
    }

    @Override
    public void die() {
        volume(Ability.DISK_DEATH).die();
    }

    @Override
    public void repair() {
        volume(Ability.DISK_DEATH).repair();
    }

    @Override
    public void losePower() {
        Volume its = volume(Ability.POWER_LOSS);
        its.die();
        node.kill();
        its.repair();
    }

    @Override
    public void close() {
        volume.ifPresent(Volume::close);
    }
}
