package io.quorate.chaos.substrate;

import io.quorate.chaos.process.ServerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A cluster of child processes of this JVM, over its class path. */
public final class LocalSubstrate implements Substrate {
    private final ClusterPlan plan;
    private final Ground ground;
    private final Map<Ability, String> lacking;
    private final List<LocalNode> nodes = new ArrayList<>();

    /** On loopback, as any machine can: with proxies between nodes, and a shim if there is a C compiler. */
    public static LocalSubstrate onLoopback(ClusterPlan plan) {
        return started(plan, new LoopbackGround(plan.nodes()));
    }

    /**
     * In network namespaces, with packet filters and small disks; waits for another such cluster on this machine.
     *
     * @throws UnsupportedOperationException if {@link #lacksNamespaces} says why
     */
    public static LocalSubstrate inNamespaces(ClusterPlan plan) {
        lacksNamespaces().ifPresent(why -> {
            throw new UnsupportedOperationException(why);
        });
        return started(plan, new NamespaceGround(plan.nodes(), plan.directory().resolve("tools")));
    }

    /** Why there are no network namespaces here; empty if there are. */
    public static Optional<String> lacksNamespaces() {
        return NamespaceGround.lacking();
    }

    private static LocalSubstrate started(ClusterPlan plan, Ground ground) {
        LocalSubstrate substrate;
        try {
            substrate = new LocalSubstrate(plan, ground);
        } catch (RuntimeException e) {
            ground.close();
            throw e;
        }
        try {
            substrate.configure();
            substrate.nodes.forEach(LocalNode::start);
            return substrate;
        } catch (RuntimeException e) {
            substrate.close();
            throw e;
        }
    }

    private LocalSubstrate(ClusterPlan plan, Ground ground) {
        this.plan = plan;
        this.ground = ground;
        this.lacking = new EnumMap<>(Ability.class);
        lacking.putAll(ground.lacking(plan.directory()));
        Native.lacking().ifPresent(why -> {
            for (Ability ability :
                    List.of(Ability.CLOCK, Ability.SLOW_FSYNC, Ability.FAILING_FSYNC, Ability.LYING_FSYNC)) {
                lacking.put(ability, why);
            }
        });
    }

    static String id(int node) {
        return "n" + (node + 1);
    }

    private void configure() {
        NodeFiles files = new NodeFiles(plan, ground::addresses);
        Optional<Path> shim = lacking.containsKey(Ability.CLOCK) ? Optional.empty() : Optional.of(files.shim());
        for (int i = 0; i < plan.nodes(); i++) {
            nodes.add(node(i, files, shim));
        }
    }

    private LocalNode node(int i, NodeFiles files, Optional<Path> shim) {
        Path directory = files.directory(i);
        Optional<Volume> volume = ground.volume(directory);
        Path data = volume.map(Volume::mountedAt).orElse(directory).resolve("data");
        Path config = files.configure(i, data);
        Optional<ShimPage> page = shim.map(library -> new ShimPage(directory.resolve("shim.page")));
        List<String> options = new ArrayList<>(ground.javaOptions(i, directory));
        options.addAll(NodeFiles.QUICK_START);
        Ground.Addresses addresses = ground.addresses(i);
        ServerProcess process = new ServerProcess(new ServerProcess.Plan(
                id(i),
                addresses.client(),
                addresses.admin(),
                config,
                directory,
                data,
                plan.heapMegabytes(),
                new ServerProcess.Launch(
                        ground.prefix(i), options, NodeFiles.environment(shim, page), plan.classesFirst())));
        return new LocalNode(process, new NodeDisk.Parts(page, volume, this::lacks));
    }

    @Override
    public String name() {
        return ground.name();
    }

    @Override
    public List<ChaosNode> nodes() {
        return List.copyOf(nodes);
    }

    @Override
    public String clientEndpoints() {
        return nodes.stream().map(LocalNode::clientAddress).collect(Collectors.joining(","));
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
        return ground.network();
    }

    @Override
    public void close() {
        nodes.forEach(LocalNode::close);
        ground.close();
    }
}
