package io.quorate.chaos.substrate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Nodes on loopback, with a proxy on each way between two of them and from clients.
 *
 * <p>All are configured with the host {@code localhost} and ports of their own. To each node's process that name stands
 * for another address of loopback, where the node itself listens at its ports, and a proxy at each other node's port.
 * At 127.0.0.1 the clients find proxies, too. So each link has a proxy of its own, and no node needs to know.
 */
final class LoopbackGround implements Ground {
    private static final int PORTS_PER_NODE = 3;

    private final List<Addresses> nodes = new ArrayList<>();
    private final ProxyNetwork network = new ProxyNetwork();

    LoopbackGround(int count) {
        List<Integer> ports = freePorts(count * PORTS_PER_NODE);
        for (int i = 0; i < count; i++) {
            nodes.add(new Addresses(
                    "localhost:" + ports.get(PORTS_PER_NODE * i),
                    "localhost:" + ports.get(PORTS_PER_NODE * i + 1),
                    "127.0.0.1:" + ports.get(PORTS_PER_NODE * i + 2)));
        }
        try {
            for (int to = 0; to < count; to++) {
                int raft = ports.get(PORTS_PER_NODE * to);
                int client = ports.get(PORTS_PER_NODE * to + 1);
                for (int from = 0; from < count; from++) {
                    if (from != to) {
                        network.lay(
                                new Link(LocalSubstrate.id(from), LocalSubstrate.id(to)),
                                new InetSocketAddress(host(from), raft),
                                new InetSocketAddress(host(to), raft));
                    }
                }
                network.lay(
                        new Link(Link.CLIENTS, LocalSubstrate.id(to)),
                        new InetSocketAddress("127.0.0.1", client),
                        new InetSocketAddress(host(to), client));
            }
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private static String host(int node) {
        return "127.77." + (node + 1) + ".1";
    }

    @Override
    public String name() {
        return "local (loopback, proxies)";
    }

    @Override
    public Addresses addresses(int node) {
        return nodes.get(node);
    }

    @Override
    public List<String> prefix(int node) {
        return List.of();
    }

    @Override
    public List<String> javaOptions(int node, Path directory) {
        Path hosts = directory.resolve("hosts");
        try {
            Files.writeString(
                    hosts,
                    host(node) + " localhost\n127.0.0.1 "
                            + InetAddress.getLocalHost().getHostName() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of("-Djdk.net.hosts.file=" + hosts);
    }

    @Override
    public NetworkControl network() {
        return network;
    }

    @Override
    public Map<Ability, String> lacking(Path directory) {
        Map<Ability, String> lacking = new EnumMap<>(Ability.class);
        lacking.put(Ability.DUPLICATION, "a proxy of TCP connections can't send packets twice; needs namespaces");
        lacking.put(Ability.REORDERING, "a proxy of TCP connections can't reorder packets; needs namespaces");
        for (Ability ability : List.of(Ability.DISK_FULL, Ability.DISK_DEATH, Ability.POWER_LOSS)) {
            lacking.put(ability, "nodes have no volumes of their own on loopback; needs namespaces, thus root");
        }
        return lacking;
    }

    @Override
    public Optional<Volume> volume(Path directory) {
        return Optional.empty();
    }

    @Override
    public void close() {
        network.close();
    }

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1)); // of every address, as its nodes have other ones
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port", e);
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
