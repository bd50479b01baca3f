package io.quorate.cli.command;

import io.quorate.cli.embedded.EmbeddedCluster;
import io.quorate.cli.embedded.EmbeddedCluster.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a whole cluster in this process, for development. */
@Command(
        name = "dev",
        description = "Run a whole cluster in one process on loopback, until Ctrl-C.",
        footer = {"", "Node i has client port N+i-1, Raft port N+99+i and admin port N+199+i, N as given by --port."})
final class DevCommand implements Callable<Integer> {
    @Option(names = "--nodes", paramLabel = "N", description = "Nodes, 1 to 9. Default: 3.")
    private int nodes = 3;

    @Option(names = "--groups", paramLabel = "N", description = "Data groups, 1 to 64. Default: 4.")
    private int groups = 4;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Client port of the first node. Default: 7401. 0: free ports.")
    private int port = 7401;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Keep the data here. Default: a temporary folder, removed at the end.")
    private @Nullable Path data;

    private final CommandContext context;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    DevCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Path given = data;
        try (WorkFolder folder = given == null ? WorkFolder.temporary("quorate-dev-") : WorkFolder.kept(given)) {
            Logging.toFile(folder.path().resolve("quorate.log"));
            Shape shape = Shape.of(folder.path())
                    .withNodes(nodes)
                    .withDataGroups(groups)
                    .withPorts(port)
                    .withAdmin();
            Thread hook = new Thread(this::awaitEnd, "quorate-shutdown");
            try (EmbeddedCluster cluster = start(shape)) {
                Runtime.getRuntime().addShutdownHook(hook);
                print(cluster, folder.path());
                stop.await();
            } finally {
                unhook(hook);
            }
        }
        ended.countDown();
        return ExitCode.OK;
    }

    /** Runs in the shutdown hook: the process must not be gone before the cluster is closed. */
    private void awaitEnd() {
        stop.countDown();
        try {
            if (!ended.await(30, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Else the JVM would exit with the signal's number, as if it had failed.
        Runtime.getRuntime().halt(ExitCode.OK);
    }

    private static void unhook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the shutdown has begun: the hook is what ended the wait
        }
    }

    private void check() {
        if (nodes < 1 || nodes > 9) {
            throw CommandFailure.usage("--nodes must be 1 to 9, not " + nodes);
        }
        if (groups < 1 || groups > 64) {
            throw CommandFailure.usage("--groups must be 1 to 64, not " + groups);
        }
        if (port < 0 || port > 65_300) {
            throw CommandFailure.usage("--port must be 0 to 65300, not " + port);
        }
        Path given = data;
        if (given != null && port == 0) {
            throw CommandFailure.usage("--data needs fixed ports, since they are a part of the data; leave --port out");
        }
        if (given != null && Files.exists(given) && !Files.isDirectory(given)) {
            throw CommandFailure.usage("--data " + given + " is a file; give a folder");
        }
    }

    private static EmbeddedCluster start(Shape shape) {
        try {
            EmbeddedCluster cluster = EmbeddedCluster.start(shape);
            try {
                cluster.awaitLeaders(Duration.ofSeconds(60));
                return cluster;
            } catch (RuntimeException e) {
                cluster.close();
                throw e;
            }
        } catch (RuntimeException e) {
            throw CommandFailure.unavailable(
                    "the cluster can't start: " + Causes.text(e) + "; if a port is taken, give another --port");
        }
    }

    private void print(EmbeddedCluster cluster, Path folder) {
        String endpoints = String.join(",", cluster.endpoints());
        if (context.json()) {
            List<Map<String, Object>> list = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                String id = cluster.nodeIds().get(i);
                list.add(CommandContext.object(
                        "id", id,
                        "client_address", cluster.endpoints().get(i),
                        "admin_address", cluster.adminAddress(id).orElse("")));
            }
            context.json(CommandContext.object(
                    "event", "ready", "cluster", endpoints, "data", folder.toString(), "nodes", list));
            return;
        }
        for (int i = 0; i < nodes; i++) {
            String id = cluster.nodeIds().get(i);
            context.line("node " + id + "  clients " + cluster.endpoints().get(i) + "  admin http://"
                    + cluster.adminAddress(id).orElse("-"));
        }
        context.line("data " + folder + (data == null ? " (removed at the end)" : ""));
        context.line("ready; export QUORATE_CLUSTER=" + endpoints + "   (Ctrl-C stops)");
    }
}
