package io.quorate.cli.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.cli.Quorate;
import io.quorate.cli.command.CommandContext;
import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.Result;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real cluster in this process, driven by the command, through the death and return of a leader. */
class EmbeddedClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void grantsSurviveTheDeathOfTheirLeader() throws IOException {
        Path rules = Files.writeString(folder.resolve("rules.yaml"), """
                namespace: shop
                rules:
                  - id: once
                    match: {client: "*"}
                    limit: {algorithm: fixed-window, amount: 3, period: 36500d}
                """);
        EmbeddedCluster.Shape shape =
                EmbeddedCluster.Shape.of(folder.resolve("data")).withDataGroups(1);
        try (EmbeddedCluster cluster = EmbeddedCluster.start(shape)) {
            cluster.awaitLeaders(PATIENCE);
            assertThat(quorate(cluster, "rules", "apply", rules.toString())).isZero();
            assertThat(quorate(cluster, "acquire", "shop", "client=a", "--cost", "2"))
                    .isZero();
            String leader = cluster.leader(1).orElseThrow();
            cluster.kill(leader);
            assertThat(cluster.isRunning(leader)).isFalse();
            cluster.awaitLeaders(PATIENCE);
            assertThat(cluster.leader(1)).isPresent().get().isNotEqualTo(leader);
            assertThat(quorate(cluster, "acquire", "shop", "client=a", "--cost", "2"))
                    .isEqualTo(3);
            cluster.start(leader);
            assertThat(quorate(cluster, "acquire", "shop", "client=a")).isZero();
            assertThat(quorate(cluster, "acquire", "shop", "client=a")).isEqualTo(3);
            assertThat(quorate(cluster, "key", "inspect", "shop", "once", "a")).isZero();
            assertThat(quorate(cluster, "group", "list", "--json")).isZero();
            assertThat(quorate(cluster, "node", "list")).isZero();
            assertThat(cluster.fatalErrors()).isEmpty();
        }
    }

    @Test
    void aClusterOfOneNodeServesAndRefusesWithAdvice() {
        EmbeddedCluster.Shape shape =
                EmbeddedCluster.Shape.of(folder).withNodes(1).withDataGroups(1);
        try (EmbeddedCluster cluster = EmbeddedCluster.start(shape)) {
            cluster.awaitLeaders(PATIENCE);
            try (QuorateClient client = QuorateClient.builder()
                    .endpoints(cluster.endpoints().get(0))
                    .requestTimeout(PATIENCE)
                    .build()) {
                client.admin()
                        .applyRules(
                                new RuleSet(
                                        "shop",
                                        Optional.empty(),
                                        List.of(new Rule(
                                                "all",
                                                List.of(),
                                                Limit.of(Algorithm.GCRA, 1, 3_600_000),
                                                Mode.ENFORCE))),
                                OptionalLong.empty());
                assertThat(client.tryAcquire(AcquireRequest.of("shop", "client", "a")))
                        .isInstanceOf(Result.Granted.class);
                assertThat(client.tryAcquire(AcquireRequest.of("shop", "client", "a")))
                        .isInstanceOf(Result.Denied.class);
                assertThat(quorate(cluster, "acquire", "none", "client=a")).isEqualTo(2);
            }
            assertThatThrownBy(() -> cluster.start("n2")).hasMessageContaining("no node n2; there are [n1]");
        }
    }

    private static int quorate(EmbeddedCluster cluster, String... arguments) {
        ByteArrayOutputStream ignored = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(ignored, false, StandardCharsets.UTF_8);
        CommandContext context = new CommandContext(
                stream,
                stream,
                Map.of("QUORATE_CLUSTER", String.join(",", cluster.endpoints())),
                false,
                (endpoints, timeout, inFlightMax) -> QuorateClient.builder()
                        .endpoints(endpoints.toArray(String[]::new))
                        .requestTimeout(PATIENCE)
                        .inFlightMax(inFlightMax)
                        .build());
        return Quorate.run(context, arguments);
    }
}
