package io.quorate.chaos.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One {@code quorate server} process: started, killed and started again over the same data. */
public final class ServerProcess {
    private final Plan plan;
    private @Nullable Process process;

    /**
     * What the process is.
     *
     * @param directory holds its log and temporary files
     * @param dataDirectory as the configuration names it
     * @param launch what surrounds the daemon
     */
    public record Plan(
            String id,
            String clientAddress,
            String adminAddress,
            Path config,
            Path directory,
            Path dataDirectory,
            int heapMegabytes,
            Launch launch) {}

    /**
     * What surrounds the daemon.
     *
     * @param prefix the start of the command line, before {@code java}; it must become the process, not stay its parent
     * @param javaOptions further options of the JVM
     * @param environment further variables
     * @param classesFirst folders of classes that stand in for those of the same names on the class path
     */
    public record Launch(
            List<String> prefix, List<String> javaOptions, Map<String, String> environment, List<Path> classesFirst) {
        /** Nothing. */
        public static final Launch PLAIN = new Launch(List.of(), List.of(), Map.of(), List.of());

        public Launch {
            prefix = List.copyOf(prefix);
            javaOptions = List.copyOf(javaOptions);
            environment = Map.copyOf(environment);
            classesFirst = List.copyOf(classesFirst);
        }

        private String classPath() {
            return Stream.concat(
                            classesFirst.stream().map(Path::toString), Stream.of(System.getProperty("java.class.path")))
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }

    public ServerProcess(Plan plan) {
        this.plan = plan;
    }

    public String id() {
        return plan.id();
    }

    public String clientAddress() {
        return plan.clientAddress();
    }

    public String adminAddress() {
        return plan.adminAddress();
    }

    /** The file that its output goes to, appended over restarts. */
    public Path log() {
        return plan.directory().resolve("server.log");
    }

    /** Where its data is. */
    public Path dataDirectory() {
        return plan.dataDirectory();
    }

    /** Starts the process if it doesn't run. */
    public void start() {
        start(List.of());
    }

    /** The same, with further options of the JVM, this time. */
    public void start(List<String> onceOptions) {
        if (process != null && process.isAlive()) {
            return;
        }
        Path temporary = plan.directory().resolve("tmp");
        Launch launch = plan.launch();
        List<String> command = new ArrayList<>(launch.prefix());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms" + plan.heapMegabytes() + "m",
                "-Xmx" + plan.heapMegabytes() + "m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseParallelGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djraft.available_processors=2",
                "-Dcom.google.protobuf.use_unsafe_pre22_gencode=true",
                "-Djava.io.tmpdir=" + temporary));
        command.addAll(launch.javaOptions());
        command.addAll(onceOptions);
        command.addAll(List.of(
                "-cp",
                launch.classPath(),
                "io.quorate.cli.Quorate",
                "server",
                "--config",
                plan.config().toString()));
        try {
            Files.createDirectories(temporary);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
            builder.environment().put("MALLOC_ARENA_MAX", "2");
            builder.environment().putAll(launch.environment());
            Process started = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            process = started;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + plan.id(), e);
        }
    }

    /** Ends the process as {@code kill -9} does, and waits until it is gone. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            await(running);
            process = null;
        }
    }

    /** Asks the process to end ({@code SIGTERM}) and gives its exit code. */
    public int terminate() {
        Process running = running();
        running.destroy();
        int code = await(running);
        process = null;
        return code;
    }

    /** Stops it where it is ({@code SIGSTOP}). */
    public void pause() {
        signal("-STOP");
    }

    /** Lets it go on ({@code SIGCONT}). */
    public void resume() {
        signal("-CONT");
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    public long pid() {
        return running().pid();
    }

    /** Resident memory now, in bytes (Linux). */
    public long residentBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
            throw new IllegalStateException("no VmRSS of process " + pid());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** CPU time that the process used so far, in nanoseconds. */
    public long cpuNanos() {
        return running().info().totalCpuDuration().orElseThrow().toNanos();
    }

    /** Fails, with the end of its log, if the process has ended by itself. */
    public void checkAlive() {
        Process running = process;
        if (running != null && !running.isAlive()) {
            throw new IllegalStateException(plan.id() + " ended with " + running.exitValue() + ":\n" + logEnd());
        }
    }

    private void signal(String which) {
        try {
            Process kill = new ProcessBuilder("kill", which, String.valueOf(pid())).start();
            if (await(kill) != 0) {
                throw new IllegalStateException("kill " + which + " failed for " + plan.id());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String logEnd() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
        } catch (IOException e) {
            return "(its log can't be read: " + e.getMessage() + ")";
        }
    }

    private Process running() {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException(plan.id() + " isn't running");
        }
        return running;
    }

    private static int await(Process ending) {
        try {
            if (!ending.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + ending.pid() + " did not end within 60 s");
            }
            return ending.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while process " + ending.pid() + " ended", e);
        }
    }
}
