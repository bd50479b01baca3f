package io.quorate.chaos.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One {@code quorate server} process: started, killed and started again over the same data. */
public final class ServerProcess {
    private final String id;
    private final String clientAddress;
    private final String adminAddress;
    private final Path config;
    private final Path directory;
    private final int heapMegabytes;
    private @Nullable Process process;

    ServerProcess(
            String id, String clientAddress, String adminAddress, Path config, Path directory, int heapMegabytes) {
        this.id = id;
        this.clientAddress = clientAddress;
        this.adminAddress = adminAddress;
        this.config = config;
        this.directory = directory;
        this.heapMegabytes = heapMegabytes;
    }

    public String id() {
        return id;
    }

    public String clientAddress() {
        return clientAddress;
    }

    public String adminAddress() {
        return adminAddress;
    }

    /** The file that its output goes to, appended over restarts. */
    public Path log() {
        return directory.resolve("server.log");
    }

    /** Where its data is. */
    public Path dataDirectory() {
        return directory.resolve("data");
    }

    /** Starts the process if it doesn't run. */
    public void start() {
        if (process != null && process.isAlive()) {
            return;
        }
        Path temporary = directory.resolve("tmp");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms" + heapMegabytes + "m",
                "-Xmx" + heapMegabytes + "m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseParallelGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djraft.available_processors=2",
                "-Dcom.google.protobuf.use_unsafe_pre22_gencode=true",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                "io.quorate.cli.Quorate",
                "server",
                "--config",
                config.toString()));
        try {
            Files.createDirectories(temporary);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
            builder.environment().put("MALLOC_ARENA_MAX", "2");
            Process started = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            process = started;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + id, e);
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
    void checkAlive() {
        Process running = process;
        if (running != null && !running.isAlive()) {
            throw new IllegalStateException(id + " ended with " + running.exitValue() + ":\n" + logEnd());
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
            throw new IllegalStateException(id + " isn't running");
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
