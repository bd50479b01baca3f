package io.quorate.chaos.substrate;

import io.quorate.chaos.process.ServerProcess;
import java.nio.file.Path;
import java.util.List;

/** A node that is a child process. */
final class LocalNode implements ChaosNode {
    private final String id;
    private final ServerProcess process;
    private final NodeDisk disk;

    LocalNode(ServerProcess process, NodeDisk.Parts parts) {
        this.id = process.id();
        this.process = process;
        this.disk = new NodeDisk(this, parts);
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
    public void start(String failpoints) {
        process.start(List.of("-Dquorate.failpoints=" + failpoints));
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
        return disk.shim(Ability.CLOCK);
    }

    @Override
    public DiskControl disk() {
        return disk;
    }

    void close() {
        process.kill();
        disk.close();
    }
}
