package io.quorate.chaos.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One {@link LeaseSpender} process: started once, and stopped, continued, killed or ended. */
public final class SpenderProcess {
    private final Plan plan;
    private final Process process;

    /**
     * What a spender does.
     *
     * @param tasks see {@link LeaseSpender}
     * @param hostsFile names and addresses that this process alone sees, in the form of {@code /etc/hosts}
     */
    public record Plan(
            Path directory, String name, long seed, String[] endpoints, List<String> tasks, Optional<Path> hostsFile) {
        public Plan {
            tasks = List.copyOf(tasks);
        }
    }

    private SpenderProcess(Plan plan, Process process) {
        this.plan = plan;
        this.process = process;
    }

    /** Starts a spender. */
    public static SpenderProcess start(Plan plan) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-Dcom.google.protobuf.use_unsafe_pre22_gencode=true"));
        plan.hostsFile().ifPresent(f -> command.add("-Djdk.net.hosts.file=" + f));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), LeaseSpender.class.getName()));
        command.addAll(List.of(
                String.join(",", plan.endpoints()),
                plan.directory().toString(),
                plan.name(),
                String.valueOf(plan.seed())));
        command.addAll(plan.tasks());
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output(plan).toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new SpenderProcess(plan, process);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + plan.name(), e);
        }
    }

    /** Where a spender logs its uses of one namespace. */
    public static Path useLog(Path directory, String name, String namespace) {
        return directory.resolve(name + "-" + namespace + ".uses");
    }

    public String name() {
        return plan.name();
    }

    public Path useLog(String namespace) {
        return useLog(plan.directory(), plan.name(), namespace);
    }

    /** What it printed. */
    public String output() {
        try {
            return Files.readString(output(plan));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path output(Plan plan) {
        return plan.directory().resolve(plan.name() + ".out");
    }

    /** Ends it as {@code kill -9} does, and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** Stops it where it is ({@code SIGSTOP}). */
    public void pause() {
        signal("-STOP");
    }

    /** Lets it go on ({@code SIGCONT}). */
    public void resume() {
        signal("-CONT");
    }

    /** Has it return its leases and end, and gives its exit code. */
    public int end() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return await();
    }

    private void signal(String which) {
        try {
            Process kill = new ProcessBuilder("kill", which, String.valueOf(process.pid())).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("kill " + which + " failed for " + plan.name());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in kill " + which, e);
        }
    }

    private int await() {
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException(plan.name() + " did not end within 30 s");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + plan.name() + " ended", e);
        }
    }
}
