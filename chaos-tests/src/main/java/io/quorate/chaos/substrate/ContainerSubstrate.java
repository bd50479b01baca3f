package io.quorate.chaos.substrate;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Network.Ipam;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.utility.DockerImageName;

/**
 * A cluster of containers, by Testcontainers, on a Docker daemon of this machine. Nothing is pulled: the image is made
 * here and has folders alone; programs are the host's, read only.
 *
 * <p>Links, disks, clocks and syncs are controlled from the host, in the network of each container, so no container has
 * a right that it wouldn't have elsewhere; that needs root. What an earlier one left is swept by its label.
 *
 * <p>Testcontainers must be told by the environment not to start containers of its own: {@code
 * TESTCONTAINERS_RYUK_DISABLED=true} and {@code TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1}.
 */
public final class ContainerSubstrate implements Substrate {
    private static final String LABEL = "io.quorate.chaos";
    private static final String IMAGE = "quorate-chaos-host";
    private static final String TAG = "1";
    private static final String SUBNET = "10.231.79.";
    private static final int CLIENTS = 254;
    private static final List<String> HOST_FOLDERS = List.of("/usr", "/etc/java-17-openjdk", "/etc/alternatives");

    private final ClusterPlan plan;
    private final DockerClient docker = DockerClientFactory.instance().client();
    private final Map<Ability, String> lacking = new EnumMap<>(Ability.class);
    private final List<ContainerNode> nodes = new ArrayList<>();
    private final Network bridge;
    private final PacketNetwork network;

    /** Why there can't be one here; empty if there can. */
    public static Optional<String> lacking() {
        Optional<String> host = NamespaceGround.lacking();
        if (host.isPresent()) {
            return host;
        }
        for (String name : List.of("TESTCONTAINERS_RYUK_DISABLED", "TESTCONTAINERS_HOST_OVERRIDE")) {
            if (System.getenv(name) == null) {
                return Optional.of(name + " isn't set: Testcontainers would pull an image of its own");
            }
        }
        try {
            DockerClientFactory.instance().client().pingCmd().exec();
            return Optional.empty();
        } catch (IllegalStateException e) {
            return Optional.of("no Docker: " + e.getMessage());
        }
    }

    /** Starts all nodes; doesn't wait until they serve. */
    public static ContainerSubstrate start(ClusterPlan plan) {
        return new ContainerSubstrate(plan);
    }

    private ContainerSubstrate(ClusterPlan plan) {
        this.plan = plan;
        sweep();
        makeImage();
        Tool.run("ip", "route", "replace", "blackhole", SUBNET + "0/24", "metric", "4000");
        bridge = Network.builder()
                .createNetworkCmdModifier(c -> c.withLabels(Map.of(LABEL, "1"))
                        .withIpam(new Ipam()
                                .withConfig(new Ipam.Config()
                                        .withSubnet(SUBNET + "0/24")
                                        .withGateway(SUBNET + CLIENTS))))
                .build();
        try {
            NodeFiles files = new NodeFiles(plan, ContainerSubstrate::addresses);
            Optional<Path> shim = Native.lacking().isPresent() ? Optional.empty() : Optional.of(files.shim());
            Native.lacking().ifPresent(why -> {
                for (Ability ability :
                        List.of(Ability.CLOCK, Ability.SLOW_FSYNC, Ability.FAILING_FSYNC, Ability.LYING_FSYNC)) {
                    lacking.put(ability, why);
                }
            });
            for (int i = 0; i < plan.nodes(); i++) {
                nodes.add(node(i, files, shim));
            }
            nodes.parallelStream().forEach(ContainerNode::start);
            network = new PacketNetwork(new Containers(), shim.map(s -> Native.compile("delay.c", files.tools())));
            lacking.putAll(network.lacking());
            lacking.put(Ability.FAILPOINTS, ContainerNode.NO_FAILPOINTS);
        } catch (RuntimeException e) {
            nodes.forEach(ContainerNode::close);
            bridge.close();
            sweep();
            throw e;
        }
    }

    private static Ground.Addresses addresses(int node) {
        String host = SUBNET + (node + 1);
        return new Ground.Addresses(host + ":7001", host + ":7101", host + ":7201");
    }

    private ContainerNode node(int i, NodeFiles files, Optional<Path> shim) {
        Path directory = files.directory(i);
        Volume volume = new LoopVolume(directory);
        Path data = volume.mountedAt().resolve("data");
        Path config = files.configure(i, data);
        Optional<ShimPage> page = shim.map(library -> new ShimPage(directory.resolve("shim.page")));
        // Of this cluster alone: removed with its container.
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(IMAGE + ":" + TAG))
                .withNetwork(bridge)
                .withLabel(LABEL, "1")
                .withEnv(NodeFiles.environment(shim, page))
                .withCommand("sh", "-c", "exec " + command(config) + " >>" + directory.resolve("server.log") + " 2>&1")
                .withCreateContainerCmdModifier(c -> {
                    c.withHostName(LocalSubstrate.id(i)).withIpv4Address(SUBNET + (i + 1));
                    c.getHostConfig().withBinds(binds(i, files));
                });
        return new ContainerNode(
                new ContainerNode.Plan(LocalSubstrate.id(i), addresses(i), directory, data, container),
                new NodeDisk.Parts(page, Optional.of(volume), this::lacks),
                this::renewNetwork);
    }

    private void renewNetwork() {
        network.renew();
    }

    private String command(Path config) {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms" + plan.heapMegabytes() + "m",
                "-Xmx" + plan.heapMegabytes() + "m",
                "-XX:+UseParallelGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djraft.available_processors=2",
                "-Dcom.google.protobuf.use_unsafe_pre22_gencode=true"));
        words.addAll(NodeFiles.QUICK_START);
        words.addAll(List.of(
                "-cp",
                Stream.concat(
                                plan.classesFirst().stream().map(Path::toString),
                                Stream.of(System.getProperty("java.class.path")))
                        .collect(Collectors.joining(File.pathSeparator)),
                "io.quorate.cli.Quorate",
                "server",
                "--config",
                config.toString()));
        return String.join(" ", words);
    }

    /** The host's programs, whatever the class path is of, and the node's own folder, each at its own path. */
    private List<Bind> binds(int node, NodeFiles files) {
        Set<String> readOnly = new LinkedHashSet<>();
        HOST_FOLDERS.stream().filter(f -> Files.exists(Path.of(f))).forEach(readOnly::add);
        Path java = Path.of(System.getProperty("java.home"));
        if (!java.startsWith("/usr")) {
            readOnly.add(java.toString());
        }
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry).toAbsolutePath();
            if (Files.exists(path) && !path.startsWith("/usr")) {
                readOnly.add(repositoryOf(path).toString());
            }
        }
        List<Bind> binds = new ArrayList<>();
        readOnly.forEach(f -> binds.add(Bind.parse(f + ":" + f + ":ro")));
        for (Path own : List.of(files.directory(node), files.tools())) {
            // not the folder of all: a mount of another node's disk would outlive its unmounting
            binds.add(Bind.parse(own + ":" + own + ":rw"));
        }
        plan.classesFirst().forEach(f -> binds.add(Bind.parse(f + ":" + f + ":ro")));
        return binds;
    }

    /** The folder of all artifacts that a jar of the class path is in, or the jar or folder itself. */
    private static Path repositoryOf(Path path) {
        for (Path folder = path; folder != null; folder = folder.getParent()) {
            if (folder.endsWith(Path.of(".m2", "repository"))) {
                return folder;
            }
        }
        return path;
    }

    private void makeImage() {
        boolean there = docker.listImagesCmd().withImageNameFilter(IMAGE + ":" + TAG).exec().stream()
                .findAny()
                .isPresent();
        if (there) {
            return;
        }
        Path root = plan.directory().resolve("tools").resolve("image");
        Path context = root.resolveSibling("image-context");
        try {
            Files.createDirectories(context);
            for (String folder : List.of("tmp", "etc", "proc", "sys", "dev", "root", "run", "usr")) {
                Files.createDirectories(root.resolve(folder));
            }
            for (String linked : List.of("bin", "sbin", "lib", "lib64")) {
                if (!Files.isSymbolicLink(root.resolve(linked))) {
                    Files.createSymbolicLink(root.resolve(linked), Path.of("usr", linked));
                }
            }
            Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
            Files.writeString(root.resolve("etc/nsswitch.conf"), "hosts: files dns\n");
            Tool.run("chmod", "1777", root.resolve("tmp").toString());
            Tool.run(
                    "tar",
                    "-C",
                    root.toString(),
                    "-cf",
                    context.resolve("root.tar").toString(),
                    ".");
            Files.writeString(
                    context.resolve("Dockerfile"), "FROM scratch\nADD root.tar /\nENV PATH=/usr/sbin:/usr/bin\n");
            var unused = docker.buildImageCmd(context.toFile())
                    .withTags(Set.of(IMAGE + ":" + TAG))
                    .start()
                    .awaitImageId();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the image", e);
        }
    }

    /** Removes whatever has the label, of an earlier cluster that couldn't clean up. */
    private void sweep() {
        List<String> label = List.of(LABEL);
        docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(label)
                .exec()
                .forEach(c ->
                        docker.removeContainerCmd(c.getId()).withForce(true).exec());
        docker.listNetworksCmd().exec().stream()
                .filter(n -> n.getLabels() != null && n.getLabels().containsKey(LABEL))
                .forEach(n -> docker.removeNetworkCmd(n.getId()).exec());
    }

    @Override
    public String name() {
        return "testcontainers";
    }

    @Override
    public List<ChaosNode> nodes() {
        return List.copyOf(nodes);
    }

    @Override
    public String clientEndpoints() {
        return nodes.stream().map(ContainerNode::clientAddress).collect(Collectors.joining(","));
    }

    @Override
    public int groups() {
        return plan.groups();
    }

    @Override
    public Optional<String> lacks(Ability ability) {
        return Optional.ofNullable(lacking.get(ability));
    }

    @Override
    public NetworkControl network() {
        return network;
    }

    @Override
    public void close() {
        network.close();
        nodes.forEach(ContainerNode::close);
        bridge.close();
        sweep();
    }

    private final class Containers implements PacketNetwork.Places {
        @Override
        public List<String> nodes() {
            return nodes.stream().map(ContainerNode::id).toList();
        }

        @Override
        public boolean isUp(String node) {
            return nodes.get(nodes().indexOf(node)).isAlive();
        }

        @Override
        public String address(String end) {
            return SUBNET + (end.equals(Link.CLIENTS) ? CLIENTS : nodes().indexOf(end) + 1);
        }

        @Override
        public List<String> prefix(String node) {
            long pid = nodes.get(nodes().indexOf(node)).pid();
            return List.of("nsenter", "--net=/proc/" + pid + "/ns/net");
        }
    }
}
