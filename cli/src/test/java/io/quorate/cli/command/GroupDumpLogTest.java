package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.embedded.EmbeddedCluster;
import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.QuorateAdmin;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.Result;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The logs of a cluster that has stopped, as the command writes them. */
final class GroupDumpLogTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ACQUIRES = 1_100;

    @TempDir
    private Path folder;

    private String out = "";
    private String err = "";

    @Test
    void showsEveryDecisionAndTheDigestThatTheNodesHad() throws IOException {
        List<Result.Position> positions = new ArrayList<>();
        String digest;
        EmbeddedCluster.Shape shape =
                EmbeddedCluster.Shape.of(folder.resolve("data")).withNodes(2).withDataGroups(1);
        try (EmbeddedCluster cluster = EmbeddedCluster.start(shape)) {
            cluster.awaitLeaders(PATIENCE);
            try (QuorateClient client = QuorateClient.builder()
                    .endpoints(cluster.endpoints().toArray(String[]::new))
                    .leases(false)
                    .requestTimeout(PATIENCE)
                    .build()) {
                client.admin().applyRules(rules(), OptionalLong.empty());
                for (int i = 0; i < ACQUIRES; i++) {
                    Result result = client.tryAcquire(AcquireRequest.of("shop", "client", "c" + i % 3));
                    positions.add(((Result.Granted) result).position());
                }
            }
            digest = settledDigest(cluster);
        }
        List<JsonNode> first = dump("n1", "--group", "1");
        assertThat(quorate("group", "dump-log", "--data", data("n1"), "--group", "7"))
                .isEqualTo(2);
        assertThat(err).contains("no entries of group 7; it has [0, 1]");
        for (int i = 0; i < ACQUIRES; i++) {
            Result.Position position = positions.get(i);
            JsonNode entry = entryAt(first, position.index());
            JsonNode command = entry.get("commands").get(position.position());
            assertThat(command.get("kind").asText()).isEqualTo("acquire");
            assertThat(command.at("/charges/0/key").asText()).isEqualTo("shop/per-client/c" + i % 3);
            assertThat(entry.get("log_time_ms").asLong()).isEqualTo(position.logTimeMillis());
        }
        assertThat(entryAt(first, 1_000).get("state").asText()).hasSize(16);
        assertThat(entryAt(first, 999).has("state")).isFalse();
        assertThat(first.get(first.size() - 1).get("state").asText())
                .as("recomputed from the log, as the nodes had it")
                .isEqualTo(digest);
        List<JsonNode> second = dump("n2", "--brief", "--group", "1");
        assertThat(second).hasSizeGreaterThan(ACQUIRES / 512);
        for (JsonNode entry : second) {
            assertThat(entry.has("commands")).isFalse();
            long index = entry.get("index").asLong();
            // The last to stop may have begun a term that the other never heard of.
            if (index <= first.size()) {
                assertThat(entry.get("digest")).isEqualTo(entryAt(first, index).get("digest"));
            }
        }
        Path file = folder.resolve("n1.jsonl");
        assertThat(quorate("group", "dump-log", "--data", data("n1"), "--out", file.toString(), "--json"))
                .isZero();
        assertThat(new ObjectMapper().readTree(out).at("/1/missing").asLong(-1)).isZero();
        assertThat(Files.readAllLines(file)).hasSizeGreaterThan(first.size());
        assertThat(quorate("group", "dump-log", "--data", data("n1"), "--out", file.toString()))
                .isEqualTo(2);
    }

    /** The digest that both nodes show for one applied index. */
    private static String settledDigest(EmbeddedCluster cluster) {
        try (QuorateClient client = QuorateClient.builder()
                .endpoints(cluster.endpoints().toArray(String[]::new))
                .requestTimeout(PATIENCE)
                .build()) {
            List<QuorateAdmin.GroupInfo> replicas = Awaitility.await()
                    .atMost(PATIENCE)
                    .until(
                            () -> client.admin().group(1),
                            found -> found.size() == 2
                                    && found.get(0).appliedIndex()
                                            == found.get(1).appliedIndex());
            assertThat(replicas.get(0).digest()).isEqualTo(replicas.get(1).digest());
            return String.format("%016x", replicas.get(0).digest());
        }
    }

    private static JsonNode entryAt(List<JsonNode> entries, long index) {
        JsonNode entry = entries.get((int) index - 1);
        assertThat(entry.get("index").asLong()).isEqualTo(index);
        return entry;
    }

    private List<JsonNode> dump(String node, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("group", "dump-log", "--data", data(node)));
        arguments.addAll(List.of(more));
        assertThat(quorate(arguments.toArray(String[]::new))).as(err).isZero();
        List<JsonNode> lines = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        for (String line : out.split("\n", -1)) {
            if (!line.isEmpty()) {
                lines.add(json.readTree(line));
            }
        }
        return lines;
    }

    private String data(String node) {
        return folder.resolve("data").resolve(node).toString();
    }

    private int quorate(String... arguments) {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        CommandContext context = new CommandContext(
                new PrintStream(written, false, StandardCharsets.UTF_8),
                new PrintStream(errors, false, StandardCharsets.UTF_8),
                Map.of(),
                false,
                (endpoints, timeout, inFlight) -> {
                    throw new AssertionError("it needs no cluster");
                });
        int code = CommandTree.of(context).execute(arguments);
        out = written.toString(StandardCharsets.UTF_8);
        err = errors.toString(StandardCharsets.UTF_8);
        return code;
    }

    private static RuleSet rules() {
        return new RuleSet(
                "shop",
                Optional.empty(),
                List.of(new Rule(
                        "per-client",
                        List.of(new EntryMatch("client", new Pattern.Any())),
                        Limit.of(Algorithm.FIXED_WINDOW, 1_000_000, 3_600_000),
                        Mode.ENFORCE)));
    }
}
