package io.quorate.chaos.process;

import io.quorate.client.api.QuorateAdmin;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.QuorateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A cluster of {@code quorate server} processes on loopback, each with its own data directory.
 *
 * <p>The processes run this JVM's class path and are ended by {@link #close}, also when the JVM exits.
 *
 * <p>Nodes give clients a name for their address, {@code localhost}: so a client with a hosts file of its own reaches
 * them through a proxy.
 */
public final class ProcessCluster implements AutoCloseable {

    /**
     * What a cluster is made of.
     *
     * @param directory holds configuration, data and logs of every node; without data of an earlier cluster, whose
     *     nodes had other addresses
     * @param nodes how many processes
     * @param groups data groups
     * @param heapMegabytes each process's fixed, pre-touched heap
     * @param extraConfig further lines of every node's configuration file
     */
    public record Shape(Path directory, int nodes, int groups, int heapMegabytes, String extraConfig) {}

    private static final int IN_FLIGHT_MAX = 4096;

    private final Shape shape;
    private final List<ServerProcess> servers = new ArrayList<>();

    private ProcessCluster(Shape shape) {
        this.shape = shape;
    }

    /**
     * Starts all nodes and waits until every group has a leader.
     *
     * @throws IllegalStateException that says what is wrong: the directory has data, a node ended (with the last lines
     *     of its log), or a group has no leader for long
     */
    public static ProcessCluster start(Shape shape) {
        ProcessCluster cluster = new ProcessCluster(shape);
        try {
            cluster.configure();
            for (ServerProcess server : cluster.servers) {
                server.start();
            }
            cluster.awaitMembers(Duration.ofSeconds(60));
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    public List<ServerProcess> servers() {
        return List.copyOf(servers);
    }

    /** The node with this id. */
    public ServerProcess server(String id) {
        return servers.stream().filter(s -> s.id().equals(id)).findFirst().orElseThrow();
    }

    /** Client addresses of all nodes. */
    public String[] endpoints() {
        return servers.stream().map(ServerProcess::clientAddress).toArray(String[]::new);
    }

    /** A client of this cluster, to be closed by the caller. */
    public QuorateClient client(String name) {
        return client(name, IN_FLIGHT_MAX);
    }

    /** A client of this cluster that may have so many requests unanswered, to be closed by the caller. */
    public QuorateClient client(String name, int inFlightMax) {
        return QuorateClient.builder()
                .leases(false)
                .endpoints(endpoints())
                .name(name)
                .inFlightMax(inFlightMax)
                .build();
    }

    /** Waits until every group has a leader that answers. */
    public void awaitLeaders(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        String last = "no node answered";
        while (System.nanoTime() - deadline < 0) {
            servers.forEach(ServerProcess::checkAlive);
            try (QuorateClient client = client("await-leaders")) {
                List<QuorateAdmin.GroupInfo> groups = client.admin().groups();
                long led = groups.stream()
                        .filter(g -> g.role().equals("leader"))
                        .map(QuorateAdmin.GroupInfo::group)
                        .distinct()
                        .count();
                if (led == shape.groups() + 1) {
                    return;
                }
                last = led + " of " + (shape.groups() + 1) + " groups have a leader";
            } catch (QuorateException e) {
                last = String.valueOf(e.getMessage());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        servers.forEach(ServerProcess::checkAlive);
        throw new IllegalStateException("not every group has a leader after " + timeout + ": " + last);
    }

    /** Waits until every group has all its members, too: before that it survives no failure. */
    private void awaitMembers(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        awaitLeaders(timeout);
        try (QuorateClient client = client("await-members")) {
            for (int group = 0; group <= shape.groups(); group++) {
                while (members(client, group) < shape.nodes()) {
                    if (System.nanoTime() - deadline > 0) {
                        throw new IllegalStateException("group " + group + " hasn't all its members after " + timeout
                                + ": " + client.admin().group(group));
                    }
                    servers.forEach(ServerProcess::checkAlive);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
                }
            }
        }
    }

    private static long members(QuorateClient client, int group) {
        try {
            return client.admin().group(group).stream()
                    .filter(g -> g.role().equals("leader") || g.role().equals("follower"))
                    .count();
        } catch (QuorateException e) {
            return 0; // none could be asked at the moment
        }
    }

    /** The node that leads a group; fails if none does. */
    public ServerProcess leader(QuorateClient client, int group) {
        return client.admin().group(group).stream()
                .filter(g -> g.role().equals("leader"))
                .max(Comparator.comparingLong(QuorateAdmin.GroupInfo::term))
                .map(g -> server(g.node()))
                .orElseThrow(() -> new IllegalStateException("group " + group + " has no leader"));
    }

    @Override
    public void close() {
        servers.forEach(ServerProcess::kill);
    }

    private void configure() {
        List<Integer> ports = freePorts(shape.nodes() * 3);
        String nodes = "";
        for (int i = 0; i < shape.nodes(); i++) {
            nodes += "  - {id: n%d, raft: \"127.0.0.1:%d\", client: \"localhost:%d\"}%n"
                    .formatted(i + 1, ports.get(3 * i), ports.get(3 * i + 1));
        }
        for (int i = 0; i < shape.nodes(); i++) {
            String id = "n" + (i + 1);
            Path directory = shape.directory().resolve(id);
            String config = "cluster: chaos%nnode: %s%ndata: %s%nadmin: \"127.0.0.1:%d\"%ngroups: %d%nnodes:%n%s%s%n"
                    .formatted(
                            id,
                            directory.resolve("data"),
                            ports.get(3 * i + 2),
                            shape.groups(),
                            nodes,
                            shape.extraConfig());
            if (Files.exists(directory.resolve("data"))) {
                throw new IllegalStateException("the directory " + shape.directory()
                        + " has data of an earlier cluster, of " + id + " at least: give another one, or remove it");
            }
            try {
                Files.createDirectories(directory);
                Path file = directory.resolve("quorate.yaml");
                Files.writeString(file, config);
                servers.add(new ServerProcess(new ServerProcess.Plan(
                        id,
                        "localhost:" + ports.get(3 * i + 1),
                        "127.0.0.1:" + ports.get(3 * i + 2),
                        file,
                        directory,
                        directory.resolve("data"),
                        shape.heapMegabytes(),
                        ServerProcess.Launch.PLAIN)));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write the configuration of " + id, e);
            }
        }
    }

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).collect(Collectors.toList());
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on loopback", e);
        } finally {
            for (ServerSocket socket : sockets) {
                try {
                    socket.close();
                } catch (IOException e) {
                    throw new UncheckedIOException("cannot free port " + socket.getLocalPort(), e);
                }
            }
        }
    }
}
