package io.quorate.chaos.substrate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Nodes in network namespaces of their own, joined by a bridge in another one: needs root, iproute2 and iptables.
 *
 * <p>Nothing can leave the machine: nodes have no route but to each other and to the clients, and on the clients' side
 * packets to a node that is gone meet a route to nowhere, which stays when all else is removed. One such cluster can be
 * on a machine at a time; another waits for it. What an earlier one left is swept by its name.
 */
final class NamespaceGround implements Ground {
    private static final String LABEL = "qchaos";
    private static final String SUBNET = "10.231.78.";
    private static final int CLIENTS = 254;
    /** Not in {@code java.io.tmpdir}, which builds may have of their own: the names of namespaces are the machine's. */
    private static final Path LOCK = Path.of("/tmp/quorate-chaos.lock");

    private final int count;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final PacketNetwork network;
    private boolean volumes;

    /** Why there can't be one here; empty if there can. */
    static Optional<String> lacking() {
        Tool.Outcome who = Tool.attempt(List.of("id", "-u"), "");
        if (!who.output().equals("0")) {
            return Optional.of("not root");
        }
        for (String tool : List.of("ip", "iptables", "nsenter")) {
            Tool.Outcome version = Tool.attempt(List.of(tool, tool.equals("ip") ? "-V" : "--version"), "");
            if (version.code() != 0) {
                return Optional.of(version.output());
            }
        }
        String trial = LABEL + "-trial";
        Tool.Outcome made = Tool.attempt(List.of("ip", "netns", "add", trial), "");
        var unused = Tool.attempt(List.of("ip", "netns", "del", trial), "");
        return made.code() == 0 ? Optional.empty() : Optional.of("no network namespaces: " + made.output());
    }

    NamespaceGround(int count, Path tools) {
        this.count = count;
        try {
            this.lockFile = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            this.lock = lockFile.lock();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock " + LOCK, e);
        }
        try {
            sweep();
            build();
            Optional<Path> delay =
                    Native.lacking().isPresent() ? Optional.empty() : Optional.of(Native.compile("delay.c", tools));
            this.network = new PacketNetwork(new Namespaces(), delay);
        } catch (RuntimeException e) {
            sweep();
            unlock();
            throw e;
        }
    }

    private void build() {
        Tool.run("ip", "route", "replace", "blackhole", SUBNET + "0/24", "metric", "4000");
        String bridge = LABEL + "-bridge";
        Tool.run("ip", "netns", "add", bridge);
        Tool.feed(
                "link set lo up\nlink add br0 type bridge forward_delay 0 stp_state 0\nlink set br0 up\n",
                "ip",
                "-n",
                bridge,
                "-b",
                "-");
        Tool.run("ip", "link", "add", LABEL, "type", "veth", "peer", "name", "uplink", "netns", bridge);
        Tool.run("ip", "addr", "add", SUBNET + CLIENTS + "/24", "dev", LABEL);
        Tool.run("ip", "link", "set", LABEL, "up");
        Tool.run("ip", "-n", bridge, "link", "set", "uplink", "master", "br0", "up");
        for (int i = 0; i < count; i++) {
            String space = space(i);
            Tool.run("ip", "netns", "add", space);
            Tool.run(
                    "ip",
                    "-n",
                    space,
                    "link",
                    "add",
                    "eth0",
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "port" + i,
                    "netns",
                    bridge);
            Tool.feed(
                    "link set lo up\naddr add " + host(i) + "/24 dev eth0\nlink set eth0 up\n",
                    "ip",
                    "-n",
                    space,
                    "-b",
                    "-");
            Tool.run("ip", "-n", bridge, "link", "set", "port" + i, "master", "br0", "up");
        }
    }

    /** Ends and removes whatever has the label, of this cluster or of an earlier one that couldn't clean up. */
    private static void sweep() {
        List<String> spaces = Tool.run("ip", "netns", "list")
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .filter(name -> name.startsWith(LABEL))
                .toList();
        for (String space : spaces) {
            Tool.run("ip", "netns", "pids", space).lines().map(Long::parseLong).forEach(NamespaceGround::end);
            Tool.run("ip", "netns", "del", space);
        }
        var unused = Tool.attempt(List.of("ip", "link", "del", LABEL), ""); // gone with its other end, by and by
        LoopVolume.sweep();
    }

    private static void end(long pid) {
        ProcessHandle.of(pid).ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
    }

    private static String space(int node) {
        return LABEL + "-" + LocalSubstrate.id(node);
    }

    private static String host(int node) {
        return SUBNET + (node + 1);
    }

    @Override
    public String name() {
        return "local (namespaces)";
    }

    @Override
    public Addresses addresses(int node) {
        return new Addresses(host(node) + ":7001", host(node) + ":7101", host(node) + ":7201");
    }

    /** {@code nsenter} becomes the command, so that the process is the node's own. */
    @Override
    public List<String> prefix(int node) {
        return List.of("nsenter", "--net=/run/netns/" + space(node));
    }

    @Override
    public List<String> javaOptions(int node, Path directory) {
        return List.of();
    }

    @Override
    public NetworkControl network() {
        return network;
    }

    @Override
    public Map<Ability, String> lacking(Path directory) {
        Map<Ability, String> lacking = new EnumMap<>(Ability.class);
        lacking.putAll(network.lacking());
        try (LoopVolume trial = new LoopVolume(directory.resolve("trial"))) {
            trial.die();
            trial.repair();
        } catch (IllegalStateException e) {
            for (Ability ability : List.of(Ability.DISK_FULL, Ability.DISK_DEATH, Ability.POWER_LOSS)) {
                lacking.put(
                        ability,
                        String.valueOf(e.getMessage()).lines().findFirst().orElse("no volumes"));
            }
        }
        volumes = !lacking.containsKey(Ability.DISK_FULL);
        return lacking;
    }

    @Override
    public Optional<Volume> volume(Path directory) {
        return volumes ? Optional.of(new LoopVolume(directory)) : Optional.empty();
    }

    @Override
    public void close() {
        network.close();
        sweep();
        unlock();
    }

    private void unlock() {
        try {
            lock.release();
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Namespaces implements PacketNetwork.Places {
        @Override
        public List<String> nodes() {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ids.add(LocalSubstrate.id(i));
            }
            return ids;
        }

        @Override
        public String address(String end) {
            return end.equals(Link.CLIENTS) ? SUBNET + CLIENTS : host(nodes().indexOf(end));
        }

        @Override
        public List<String> prefix(String node) {
            return NamespaceGround.this.prefix(nodes().indexOf(node));
        }
    }
}
