package io.quorate.chaos.substrate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/** The folders and the configurations of a cluster's nodes. */
final class NodeFiles {
    /** For nodes that are started often and live for seconds. */
    static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto");

    private static final String CONFIG = """
            cluster: chaos
            node: %s
            data: %s
            admin: "%s"
            groups: %d
            nodes:
            %s%s
            """;

    private final ClusterPlan plan;
    private final IntFunction<Ground.Addresses> addresses;
    private final String members;

    NodeFiles(ClusterPlan plan, IntFunction<Ground.Addresses> addresses) {
        this.plan = plan;
        this.addresses = addresses;
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < plan.nodes(); i++) {
            Ground.Addresses its = addresses.apply(i);
            lines.append("  - {id: %s, raft: \"%s\", client: \"%s\"}%n"
                    .formatted(LocalSubstrate.id(i), its.raft(), its.client()));
        }
        this.members = lines.toString();
    }

    Path directory(int node) {
        return plan.directory().resolve(LocalSubstrate.id(node));
    }

    /** Where programs of the substrate are compiled. */
    Path tools() {
        return plan.directory().resolve("tools");
    }

    /** The compiled {@code shim.c}. */
    Path shim() {
        return Native.compile("shim.c", tools(), "-shared", "-fPIC");
    }

    /** Variables of a process that has a shim, and those of one that hasn't. */
    static Map<String, String> environment(Optional<Path> shim, Optional<ShimPage> page) {
        return shim.isEmpty() || page.isEmpty()
                ? Map.of()
                : Map.of(
                        "LD_PRELOAD",
                        shim.get().toString(),
                        "QUORATE_SHIM",
                        page.get().file().toString());
    }

    /** Writes a node's configuration; gives the file. */
    Path configure(int node, Path data) {
        String id = LocalSubstrate.id(node);
        Path config = directory(node).resolve("quorate.yaml");
        try {
            if (Files.exists(data)) {
                throw new IllegalStateException(directory(node) + " has data of an earlier cluster");
            }
            Files.createDirectories(directory(node));
            Files.writeString(
                    config,
                    CONFIG.formatted(
                            id, data, addresses.apply(node).admin(), plan.groups(), members, plan.extraConfig()));
            return config;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the configuration of " + id, e);
        }
    }
}
