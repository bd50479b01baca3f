package io.quorate.server.config;

import io.quorate.core.command.LogEntry;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.jraft.RaftSettings;
import io.quorate.raft.placement.Member;
import io.quorate.raft.placement.Topology;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a node's configuration: one YAML file, with flags laid over it. docs/operating.md lists the keys.
 *
 * <p>Whatever isn't understood is refused with its place and what would be right; nothing is guessed.
 */
public final class ServerConfigParser {
    /** Most nodes of a cluster. */
    public static final int NODES_MAX = 9;

    private static final int MINUTE_MILLIS = 60_000;
    private static final int HOUR_MILLIS = 60 * MINUTE_MILLIS;
    private static final int MIB = 1 << 20;

    private final Map<String, String> flags;
    private final Section root;
    private final String file;

    /**
     * Reads a file.
     *
     * @param flags by dotted key, such as {@code limits.frame-max}; they win over the file
     * @throws ConfigException if anything is wrong
     */
    public static ServerConfig parse(Path path, Map<String, String> flags) {
        return new ServerConfigParser(YamlFile.read(path), flags).config();
    }

    private ServerConfigParser(Setting whole, Map<String, String> flags) {
        this.flags = new TreeMap<>(flags);
        this.file = whole.file();
        this.root = new Section(file, "", whole, this.flags);
    }

    private ServerConfig config() {
        Setting cluster = root.required("cluster", "cluster: main");
        String clusterId = cluster.id();
        Setting node = root.required("node", "node: n1");
        NodeId self = new NodeId(node.id());
        Path data = path(root.required("data", "data: /var/lib/quorate"));
        if (Files.exists(data) && !Files.isDirectory(data)) {
            throw root.required("data", "").wrong("must be a directory, but '" + data + "' is a file");
        }
        List<Member> members = members();
        Member member = members.stream()
                .filter(m -> m.id().equals(self))
                .findFirst()
                .orElseThrow(() -> node.wrong("must be one of nodes ("
                        + String.join(
                                ", ", members.stream().map(m -> m.id().value()).toList())
                        + "), not '" + self + "'"));
        int groups = root.required("groups", "groups: 8").count(1, GroupId.DATA_GROUPS_MAX);
        Setting admin = root.optional("admin");
        Optional<String> adminAddress = admin == null ? Optional.empty() : Optional.of(admin.address());
        adminAddress.ifPresent(address -> members.forEach(m -> {
            if (address.equals(m.raftAddress()) || address.equals(m.clientAddress())) {
                throw root.required("admin", "").wrong(address + " is already an address of node " + m.id());
            }
        }));
        Topology topology = new Topology(clusterId, 1, groups, members);
        Optional<RaftSettings.RaftTls> tls = tls();
        RaftSettings raft = raft(RaftSettings.of(self, topology, data), tls);
        ServerLimits limits = limits(ServerLimits.DEFAULT);
        LogSettings log = log();
        root.end();
        refuseFlagsOfNoSection();
        return new ServerConfig(raft, member.clientAddress(), adminAddress, limits, log);
    }

    private Section section(String name) {
        @Nullable Setting setting = root.optional(name);
        return new Section(setting == null ? file : setting.place(), name, setting, flags);
    }

    private List<Member> members() {
        Setting nodes = root.required("nodes", "nodes: [{id: n1, raft: \"10.0.0.1:7001\", client: \"10.0.0.1:7101\"}]");
        List<Member> members = new ArrayList<>();
        Map<String, String> used = new TreeMap<>();
        for (Setting item : nodes.list()) {
            Section node = new Section(item.place(), item.name(), item, Map.of());
            Setting id = node.required("id", "id: n1");
            Setting raft = node.required("raft", "raft: 10.0.0.1:7001");
            Setting client = node.required("client", "client: 10.0.0.1:7101");
            node.end();
            Member member = new Member(new NodeId(id.id()), raft.address(), client.address());
            once(used, id, "node " + member.id(), member.id().value());
            once(used, raft, "address " + member.raftAddress(), member.id().value());
            once(used, client, "address " + member.clientAddress(), member.id().value());
            members.add(member);
        }
        if (members.isEmpty() || members.size() > NODES_MAX) {
            throw nodes.wrong(
                    "must have 1 to " + NODES_MAX + " nodes (3 survive the loss of one), not " + members.size());
        }
        return members;
    }

    private static void once(Map<String, String> used, Setting setting, String what, String node) {
        @Nullable String other = used.put(what, node);
        if (other != null) {
            throw setting.wrong("repeats " + what + (what.startsWith("node") ? "" : ", which node " + other + " has"));
        }
    }

    private Optional<RaftSettings.RaftTls> tls() {
        Section section = section("tls");
        if (section.isEmpty()) {
            return Optional.empty();
        }
        Path certificate = readable(section.required("certificate", "certificate: node.pem"));
        Path key = readable(section.required("key", "key: node.key"));
        Path trust = readable(section.required("trust", "trust: ca.pem"));
        section.end();
        return Optional.of(new RaftSettings.RaftTls(certificate, key, trust));
    }

    private RaftSettings raft(RaftSettings shipped, Optional<RaftSettings.RaftTls> tls) {
        Section section = section("raft");
        int election = (int) section.millis("election-timeout", shipped.electionTimeoutMillis(), 50, MINUTE_MILLIS);
        int delay = (int) section.millis("election-delay-max", shipped.electionDelayMillisMax(), 10, MINUTE_MILLIS);
        long snapshotMillis =
                section.millis("snapshot-interval", shipped.snapshotIntervalSeconds() * 1000L, 1000, 24 * HOUR_MILLIS);
        int entriesMin = section.count("snapshot-entries-min", shipped.snapshotEntriesMin(), 1, 1_000_000_000);
        int commands = section.count("batch-commands-max", shipped.batchCommandsMax(), 1, LogEntry.COMMANDS_MAX);
        int bytes = (int) section.bytes("batch-bytes-max", shipped.batchBytesMax(), 64 << 10, 4 * MIB);
        int entries = section.count("entries-in-flight-max", shipped.entriesInFlightMax(), 1, 256);
        int queued = section.count("queued-commands-max", shipped.queuedCommandsMax(), 1, 1_000_000);
        long cache = section.bytes("cache-max", shipped.cacheBytes(), MIB, 64L << 30);
        long stuck = section.millis("stuck-max", shipped.stuckMillisMax(), 1000, HOUR_MILLIS);
        boolean synced = section.yes("fsync", shipped.fsync());
        boolean spread = section.yes("spread-leaders", shipped.spreadLeaders());
        boolean kept = section.yes("keep-log", shipped.keepLog());
        section.end();
        return new RaftSettings(
                shipped.self(),
                shipped.topology(),
                shipped.dataDirectory(),
                election,
                delay,
                (int) (snapshotMillis / 1000),
                entriesMin,
                commands,
                bytes,
                entries,
                queued,
                cache,
                stuck,
                synced,
                spread,
                kept,
                tls);
    }

    private ServerLimits limits(ServerLimits shipped) {
        Section section = section("limits");
        int frame = (int) section.bytes("frame-max", shipped.frameBytesMax(), 4 << 10, 16 * MIB);
        int hello = (int) section.bytes("hello-max", shipped.helloBytesMax(), 256, 64 << 10);
        int handshake = (int) section.millis("handshake-timeout", shipped.handshakeMillisMax(), 100, MINUTE_MILLIS);
        int frameTime = (int) section.millis("frame-timeout", shipped.frameMillisMax(), 100, HOUR_MILLIS);
        int idle = (int) section.millis("idle-timeout", shipped.idleMillisMax(), 1000, 24 * HOUR_MILLIS);
        int connections = section.count("connections-max", shipped.connectionsMax(), 1, 1_000_000);
        int perConnection =
                section.count("in-flight-per-connection-max", shipped.inFlightPerConnectionMax(), 1, 1_000_000);
        int inFlight = section.count("in-flight-max", shipped.inFlightMax(), 1, 10_000_000);
        int low = (int) section.bytes("write-buffer-low", shipped.writeBufferLowBytes(), 1, 64 * MIB);
        int high = (int) section.bytes("write-buffer-high", shipped.writeBufferHighBytes(), 1, 64 * MIB);
        int fence = (int) section.millis("fence-wait-max", shipped.fenceMillisMax(), 100, MINUTE_MILLIS);
        int page = section.count("page-keys-max", shipped.pageKeysMax(), 1, 10_000);
        int queue = section.count("admin-queue-max", shipped.adminQueueMax(), 1, 100_000);
        int shutdown = (int) section.millis("shutdown-max", shipped.shutdownMillisMax(), 0, HOUR_MILLIS);
        int threads = section.count("io-threads", shipped.ioThreads(), 1, 64);
        if (low >= high) {
            String place = Optional.ofNullable(section.optional("write-buffer-low"))
                    .or(() -> Optional.ofNullable(section.optional("write-buffer-high")))
                    .map(Setting::place)
                    .orElse(file);
            throw new ConfigException(place + ": limits.write-buffer-low (" + Units.ofBytes(low)
                    + ") must be below limits.write-buffer-high (" + Units.ofBytes(high) + ")");
        }
        section.end();
        return new ServerLimits(
                frame,
                hello,
                handshake,
                frameTime,
                idle,
                connections,
                perConnection,
                inFlight,
                low,
                high,
                fence,
                page,
                queue,
                shutdown,
                threads);
    }

    private LogSettings log() {
        Section section = section("log");
        Setting format = section.optional("format");
        Setting level = section.optional("level");
        section.end();
        return new LogSettings(
                format == null
                        ? LogSettings.DEFAULT.format()
                        : LogSettings.Format.valueOf(format.one("text", "json").toUpperCase(Locale.ROOT)),
                level == null
                        ? LogSettings.DEFAULT.level()
                        : LogSettings.Level.valueOf(
                                level.one("error", "warn", "info", "debug").toUpperCase(Locale.ROOT)));
    }

    private static Path path(Setting setting) {
        String text = setting.text();
        if (text.isBlank()) {
            throw setting.wrong("must be a path, not empty");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new ConfigException(setting.place() + ": " + setting.name() + " is no path: " + e.getReason(), e);
        }
    }

    private static Path readable(Setting setting) {
        Path path = path(setting);
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            throw setting.wrong("must be a PEM file that can be read; '" + path + "' isn't");
        }
        return path;
    }

    private void refuseFlagsOfNoSection() {
        for (String flag : flags.keySet()) {
            int dot = flag.indexOf('.');
            boolean known = dot < 0 || List.of("limits", "raft", "tls", "log").contains(flag.substring(0, dot));
            if (!known || flag.indexOf('.', dot + 1) >= 0) {
                throw new ConfigException("flag " + flag + ": no such key; sections are limits, raft, tls and log");
            }
        }
    }
}
