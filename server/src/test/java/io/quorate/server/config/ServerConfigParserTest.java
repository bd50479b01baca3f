package io.quorate.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.quorate.raft.jraft.RaftSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ServerConfigParserTest {
    private static final String GOOD = """
            cluster: main
            node: n1
            data: data/n1
            nodes:
              - {id: n1, raft: 127.0.0.1:7001, client: 127.0.0.1:7101}
              - {id: n2, raft: 127.0.0.1:7002, client: 127.0.0.1:7102}
              - {id: n3, raft: 127.0.0.1:7003, client: "[::1]:7103"}
            groups: 8
            admin: 127.0.0.1:7201
            limits:
              frame-max: 512KiB
              idle-timeout: 60s
              connections-max: 100
            raft:
              election-timeout: 300ms
              fsync: false
            log: {format: json, level: warn}
            """;

    @TempDir
    Path directory;

    @Test
    void everyKeyIsRead() throws IOException {
        ServerConfig config = parse(GOOD, Map.of());
        assertThat(config.raft().self().value()).isEqualTo("n1");
        assertThat(config.raft().topology().clusterId()).isEqualTo("main");
        assertThat(config.raft().topology().dataGroups()).isEqualTo(8);
        assertThat(config.raft().topology().members()).hasSize(3);
        assertThat(config.raft().topology().members().get(2).clientAddress()).isEqualTo("[::1]:7103");
        assertThat(config.raft().dataDirectory()).isEqualTo(Path.of("data/n1"));
        assertThat(config.raft().electionTimeoutMillis()).isEqualTo(300);
        assertThat(config.raft().fsync()).isFalse();
        assertThat(parse(GOOD, Map.of("raft.spread-leaders", "false")).raft().spreadLeaders())
                .isFalse();
        assertThat(config.clientAddress()).isEqualTo("127.0.0.1:7101");
        assertThat(config.adminAddress()).contains("127.0.0.1:7201");
        assertThat(config.limits().frameBytesMax()).isEqualTo(512 * 1024);
        assertThat(config.limits().idleMillisMax()).isEqualTo(60_000);
        assertThat(config.limits().connectionsMax()).isEqualTo(100);
        assertThat(config.log()).isEqualTo(new LogSettings(LogSettings.Format.JSON, LogSettings.Level.WARN));
    }

    @Test
    void whatIsLeftOutHasTheShippedValue() throws IOException {
        String least = GOOD.substring(0, GOOD.indexOf("admin:"));
        ServerConfig config = parse(least, Map.of());
        assertThat(config.limits()).isEqualTo(ServerLimits.DEFAULT);
        assertThat(config.log()).isEqualTo(LogSettings.DEFAULT);
        assertThat(config.adminAddress()).isEmpty();
        assertThat(config.raft())
                .isEqualTo(RaftSettings.of(config.raft().self(), config.raft().topology(), Path.of("data/n1")));
    }

    @Test
    void flagsWinOverTheFile() throws IOException {
        ServerConfig config = parse(
                GOOD,
                Map.of("node", "n2", "raft.election-timeout", "1s", "limits.in-flight-max", "9", "admin", "[::1]:1"));
        assertThat(config.raft().self().value()).isEqualTo("n2");
        assertThat(config.clientAddress()).isEqualTo("127.0.0.1:7102");
        assertThat(config.raft().electionTimeoutMillis()).isEqualTo(1000);
        assertThat(config.limits().inFlightMax()).isEqualTo(9);
        assertThat(config.adminAddress()).contains("[::1]:1");
    }

    /** What replaces which line of the good file, and the error it gives. */
    @SuppressWarnings("checkstyle:methodlength") // a table
    static Stream<Arguments> badFiles() {
        return Stream.of(
                bad("cluster: main", "cluster: ''", "q.yaml:1:10: cluster must be 1 to 64 characters of"),
                bad("cluster: main", "cluster: a b", "q.yaml:1:10: cluster must be 1 to 64 characters of"),
                bad("cluster: main", "cluster: 7", "q.yaml:1:10: cluster must be a text, not '7'; put it in quotes"),
                bad("cluster: main", "cluster:", "q.yaml:1:9: cluster must be a text, not nothing"),
                bad("cluster: main", "cluster: [a]", "q.yaml:1:10: cluster must be a text, not a list"),
                bad("cluster: main", "", "q.yaml: cluster is missing; for example: cluster: main"),
                bad("cluster: main", "claster: main", "q.yaml: cluster is missing"),
                bad("node: n1", "node: n9", "q.yaml:2:7: node must be one of nodes (n1, n2, n3), not 'n9'"),
                bad("node: n1", "node: n1\nnode: n2", "q.yaml:3:1: node stands twice"),
                bad("data: data/n1", "data: ''", "q.yaml:3:7: data must be a path, not empty"),
                bad("data: data/n1", "data: \"a\\0b\"", "q.yaml:3:7: data is no path: Nul character not allowed"),
                bad(
                        "groups: 8",
                        "groups: 0",
                        "q.yaml:8:9: groups must be a number from 1 to 64 without a unit, not '0'"),
                bad("groups: 8", "groups: 65", "q.yaml:8:9: groups must be a number from 1 to 64"),
                bad("groups: 8", "groups: -1", "q.yaml:8:9: groups must be a number from 1 to 64"),
                bad("groups: 8", "groups: eight", "q.yaml:8:9: groups must be a number from 1 to 64"),
                bad("groups: 8", "groups: 8.0", "q.yaml:8:9: groups must be a number from 1 to 64"),
                bad("groups: 8", "groups: 99999999999999999999", "q.yaml:8:9: groups must be a number from 1 to 64"),
                bad("groups: 8", "grups: 8", "q.yaml: groups is missing; for example: groups: 8"),
                bad("admin: 127.0.0.1:7201", "admin: 127.0.0.1", "q.yaml:9:8: admin must be host:port, such as"),
                bad("admin: 127.0.0.1:7201", "admin: 127.0.0.1:x", "q.yaml:9:8: admin must be host:port, such as"),
                bad("admin: 127.0.0.1:7201", "admin: 127.0.0.1:70000", "q.yaml:9:8: admin must be host:port, such as"),
                bad("admin: 127.0.0.1:7201", "admin: ::1:7201", "q.yaml:9:8: admin must be host:port, such as"),
                bad("admin: 127.0.0.1:7201", "admin: a:0", "q.yaml:9:8: admin needs a port of 1 to 65535, not 0"),
                bad("admin: 127.0.0.1:7201", "admin: 127.0.0.1:7001", "q.yaml:9:8: admin 127.0.0.1:7001 is already an"),
                bad(
                        "admin: 127.0.0.1:7201",
                        "port: 1",
                        "q.yaml:9:1: unknown key 'port'; keys here are admin, cluster,"),
                bad("{id: n2, raft", "{id: n1, raft", "q.yaml:6:10: nodes[1].id repeats node n1"),
                bad(
                        "raft: 127.0.0.1:7002",
                        "raft: 127.0.0.1:7101",
                        "q.yaml:6:20: nodes[1].raft repeats address" + " 127.0.0.1:7101, which node n1 has"),
                bad("{id: n2, raft", "{id: n2, rpc", "q.yaml:6:5: nodes[1].raft is missing"),
                bad(
                        "7102}",
                        "7102, zone: a}",
                        "q.yaml:6:60: unknown key 'nodes[1].zone'; keys here are client, id, raft"),
                bad("  - {id: n2", "  - n2\n  - {id: n2", "q.yaml:6:5: nodes[1] must be a section of keys and values"),
                bad(
                        "frame-max: 512KiB",
                        "frame-max: 512",
                        "q.yaml:11:14: limits.frame-max must be a size with its unit"
                                + " (B, KiB, MiB, GiB), such as 256KiB; the unit is missing, not '512'"),
                bad(
                        "frame-max: 512KiB",
                        "frame-max: 512KB",
                        "q.yaml:11:14: limits.frame-max must be a size with its"
                                + " unit (B, KiB, MiB, GiB), such as 256KiB; the unit is written KiB, not '512KB'"),
                bad("frame-max: 512KiB", "frame-max: 512s", "q.yaml:11:14: limits.frame-max must be a size"),
                bad(
                        "frame-max: 512KiB",
                        "frame-max: 1KiB",
                        "q.yaml:11:14: limits.frame-max must be 4KiB to 16MiB, not"),
                bad("frame-max: 512KiB", "frame-max: -1KiB", "q.yaml:11:14: limits.frame-max must be a size"),
                bad("frame-max: 512KiB", "frame-max: 999999999999GiB", "q.yaml:11:14: limits.frame-max"),
                bad("frame-max: 512KiB", "max-frame: 512KiB", "q.yaml:11:3: unknown key 'limits.max-frame'; keys here"),
                bad(
                        "idle-timeout: 60s",
                        "idle-timeout: 60",
                        "q.yaml:12:17: limits.idle-timeout must be a duration with"
                                + " its unit (ms, s, m, h), such as 400ms; the unit is missing, not '60'"),
                bad(
                        "idle-timeout: 60s",
                        "idle-timeout: 60S",
                        "q.yaml:12:17: limits.idle-timeout must be a duration with"
                                + " its unit (ms, s, m, h), such as 400ms; the unit is written s, not '60S'"),
                bad("idle-timeout: 60s", "idle-timeout: 1d", "q.yaml:12:17: limits.idle-timeout must be a duration"),
                bad(
                        "idle-timeout: 60s",
                        "idle-timeout: 100ms",
                        "q.yaml:12:17: limits.idle-timeout must be 1s to 24h, not"),
                bad(
                        "idle-timeout: 60s",
                        "idle-timeot: 60s",
                        "q.yaml:12:3: unknown key 'limits.idle-timeot'; did you" + " mean 'limits.idle-timeout'?"),
                bad(
                        "idle-timeout: 60s",
                        "write-buffer-high: 1KiB",
                        "q.yaml:12:22: limits.write-buffer-low (64KiB) must be"
                                + " below limits.write-buffer-high (1KiB)"),
                bad(
                        "connections-max: 100",
                        "connections-max: 100KiB",
                        "q.yaml:13:20: limits.connections-max must be a"
                                + " number from 1 to 1000000 without a unit, not '100KiB'"),
                bad(
                        "election-timeout: 300ms",
                        "election-timeout: 1ms",
                        "q.yaml:15:21: raft.election-timeout must be 50ms"),
                bad("fsync: false", "fsync: no", "q.yaml:16:10: raft.fsync must be true or false, not 'no'"),
                bad(
                        "fsync: false",
                        "batch-commands-max: 513",
                        "q.yaml:16:23: raft.batch-commands-max must be a number"),
                bad(
                        "log: {format: json",
                        "log: {format: xml",
                        "q.yaml:17:15: log.format must be text or json, not 'xml'"),
                bad("log: {format: json, level: warn}", "log: json", "q.yaml:17:6: log must be a section of keys"),
                bad("log: {format: json, level: warn}", "tls: {key: /none}", "q.yaml:17:6: tls.certificate is missing"),
                bad(
                        "log: {format: json, level: warn}",
                        "tls: {certificate: /no/such, key: a, trust: b}",
                        "q.yaml:17:20: tls.certificate must be a PEM file that can be read; '/no/such' isn't"),
                bad("groups: 8", "groups: &g 8", "q.yaml:8:9: anchors (&) and aliases (*) aren't allowed"),
                bad("groups: 8", "groups: *g", "q.yaml:8:9: anchors (&) and aliases (*) aren't allowed"),
                bad("groups: 8", "groups: 8\n---\na: b", "q.yaml:9:1: a second document begins"),
                bad("groups: 8", "groups: 8: 9", "q.yaml:8:10: not valid YAML: "),
                bad("groups: 8", "groups: [8", "q.yaml:9:6: not valid YAML: "),
                bad("groups: 8", "\tgroups: 8", "q.yaml:8:1: not valid YAML: "),
                bad("groups: 8", "groups: " + "[".repeat(100_000), "q.yaml:8:24: nested deeper than 16 levels"),
                bad("groups: 8", "groups: 8\u0007", "q.yaml: not valid YAML: "));
    }

    private static Arguments bad(String line, String replacement, String error) {
        return arguments(line, replacement, error);
    }

    @ParameterizedTest(name = "{index}: {2}")
    @MethodSource("badFiles")
    void whatIsWrongIsNamedWithItsPlaceAndWhatWouldBeRight(String line, String replacement, String error) {
        assertThat(GOOD).contains(line);
        assertThatThrownBy(() -> parse(GOOD.replace(line, replacement), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(error);
    }

    static Stream<Arguments> badFlags() {
        return Stream.of(
                arguments("node", "n9", "flag node: node must be one of nodes (n1, n2, n3), not 'n9'"),
                arguments("nod", "n1", "flag nod: unknown key 'nod'; did you mean 'node'?"),
                arguments(
                        "limits.frame-max",
                        "1",
                        "flag limits.frame-max: limits.frame-max must be a size with its unit"),
                arguments("limits.frame", "1KiB", "flag limits.frame: unknown key 'limits.frame'"),
                arguments("raft.fsync", "maybe", "flag raft.fsync: raft.fsync must be true or false, not 'maybe'"),
                arguments(
                        "raft.tls.key", "k", "flag raft.tls.key: no such key; sections are limits, raft, tls and log"),
                arguments("rafd.fsync", "true", "flag rafd.fsync: no such key; sections are limits, raft, tls and log"),
                arguments("nodes", "n1", "flag nodes: nodes must be a list, not 'n1'"),
                arguments("limits", "x", "flag limits: limits must be a section of keys and values, not 'x'"));
    }

    @ParameterizedTest(name = "{0}={1}")
    @MethodSource("badFlags")
    void aWrongFlagIsNamed(String flag, String value, String error) {
        assertThatThrownBy(() -> parse(GOOD, Map.of(flag, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(error);
    }

    @Test
    void aFileThatIsTooLargeIsntRead() {
        assertThatThrownBy(() -> parse("# " + "x".repeat(YamlFile.BYTES_MAX), Map.of()))
                .hasMessage("q.yaml: is larger than 1MiB, the most it may be");
    }

    @Test
    void aFileThatIsEmptyMissingOrNoTextIsRefused() throws IOException {
        assertThatThrownBy(() -> parse("# nothing\n", Map.of())).hasMessageStartingWith("q.yaml: the file is empty");
        Path missing = directory.resolve("missing.yaml");
        assertThatThrownBy(() -> ServerConfigParser.parse(missing, Map.of()))
                .hasMessageStartingWith(missing + ": can't be read: ");
        Path latin = directory.resolve("latin.yaml");
        Files.write(latin, "cluster: é".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ServerConfigParser.parse(latin, Map.of()))
                .hasMessage("latin.yaml: must be text in UTF-8");
    }

    @Test
    void dataThatIsAFileIsRefused() throws IOException {
        Path data = Files.createFile(directory.resolve("data"));
        assertThatThrownBy(() -> parse(GOOD, Map.of("data", data.toString())))
                .hasMessage("flag data: data must be a directory, but '" + data + "' is a file");
    }

    private ServerConfig parse(String text, Map<String, String> flags) throws IOException {
        Path file = directory.resolve("q.yaml");
        Files.writeString(file, text);
        return ServerConfigParser.parse(file, flags);
    }
}
