package io.quorate.chaos.substrate;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.testcontainers.containers.GenericContainer;

/** A node that is the process of a container; the same container is started again and again over the same files. */
final class ContainerNode implements ChaosNode {
    private static final Duration END_MAX = Duration.ofSeconds(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    static final String NO_FAILPOINTS = "a container's command line is made once";

    private final Plan plan;
    private final NodeDisk disk;
    private final Runnable networkRenewal;

    /** What it is. */
    record Plan(String id, Ground.Addresses addresses, Path directory, Path data, GenericContainer<?> container) {}

    /**
     * A node that doesn't run yet.
     *
     * @param networkRenewal called when its network is a new one, as each start of a container makes it
     */
    ContainerNode(Plan plan, NodeDisk.Parts parts, Runnable networkRenewal) {
        this.plan = plan;
        this.disk = new NodeDisk(this, parts);
        this.networkRenewal = networkRenewal;
    }

    private DockerClient docker() {
        return plan.container().getDockerClient();
    }

    private String container() {
        return Objects.requireNonNull(plan.container().getContainerId(), "not created yet");
    }

    private boolean isCreated() {
        return plan.container().getContainerId() != null;
    }

    private ContainerState state() {
        return docker().inspectContainerCmd(container()).exec().getState();
    }

    /** Of the node's process, as the host sees it. */
    long pid() {
        return Objects.requireNonNull(state().getPidLong(), "a container without a process");
    }

    @Override
    public String id() {
        return plan.id();
    }

    @Override
    public String clientAddress() {
        return plan.addresses().client();
    }

    @Override
    public String adminAddress() {
        return plan.addresses().admin();
    }

    @Override
    public Path dataDirectory() {
        return plan.data();
    }

    @Override
    public Path log() {
        return plan.directory().resolve("server.log");
    }

    @Override
    public void start() {
        if (!isCreated()) {
            plan.container().start();
        } else if (!isAlive()) {
            docker().startContainerCmd(container()).exec();
            networkRenewal.run();
        }
    }

    @Override
    public void start(String failpoints) {
        throw new UnsupportedOperationException(NO_FAILPOINTS);
    }

    @Override
    public void kill() {
        end("KILL");
    }

    @Override
    public void stop() {
        end("TERM");
    }

    private void end(String signal) {
        if (!isAlive()) {
            return;
        }
        docker().killContainerCmd(container()).withSignal(signal).exec();
        long deadline = System.nanoTime() + END_MAX.toNanos();
        while (isAlive()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(plan.id() + " did not end within " + END_MAX);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    @Override
    public void pause() {
        docker().pauseContainerCmd(container()).exec();
    }

    @Override
    public void resume() {
        docker().unpauseContainerCmd(container()).exec();
    }

    @Override
    public boolean isAlive() {
        return isCreated() && Boolean.TRUE.equals(state().getRunning());
    }

    @Override
    public DiskControl disk() {
        return disk;
    }

    @Override
    public ClockControl clock() {
        return disk.shim(Ability.CLOCK);
    }

    void close() {
        plan.container().stop();
        disk.close();
    }
}
