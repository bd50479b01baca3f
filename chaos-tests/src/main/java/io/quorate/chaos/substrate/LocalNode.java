package io.quorate.chaos.substrate;

import io.quorate.chaos.process.ServerProcess;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** A node that is a child process. */
final class LocalNode implements ChaosNode {
    private final String id;
    private final ServerProcess process;
    private final Optional<ShimPage> shim;
    private final Optional<Volume> volume;
    private final Function<Ability, Optional<String>> lacks;

    LocalNode(
            ServerProcess process,
            Optional<ShimPage> shim,
            Optional<Volume> volume,
            Function<Ability, Optional<String>> lacks) {
        this.id = process.id();
        this.process = process;
        this.shim = shim;
        this.volume = volume;
        this.lacks = lacks;
    }

    ServerProcess process() {
        return process;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String clientAddress() {
        return process.clientAddress();
    }

    @Override
    public String adminAddress() {
        return process.adminAddress();
    }

    @Override
    public Path dataDirectory() {
        return process.dataDirectory();
    }

    @Override
    public Path log() {
        return process.log();
    }

    @Override
    public void start() {
        process.start();
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void stop() {
        var unused = process.terminate();
    }

    @Override
    public void pause() {
        process.pause();
    }

    @Override
    public void resume() {
        process.resume();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public ClockControl clock() {
        return shim(Ability.CLOCK);
    }

    @Override
    public DiskControl disk() {
        return new Disk();
    }

    private ShimPage shim(Ability ability) {
        return shim.orElseThrow(
                () -> new UnsupportedOperationException(lacks.apply(ability).orElse("no shim")));
    }

    private Volume volume(Ability ability) {
        return volume.orElseThrow(
                () -> new UnsupportedOperationException(lacks.apply(ability).orElse("no volume")));
    }

    void close() {
        process.kill();
        volume.ifPresent(Volume::close);
    }

    private final class Disk implements DiskControl {
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
            kill();
            its.repair();
        }
    }
}
