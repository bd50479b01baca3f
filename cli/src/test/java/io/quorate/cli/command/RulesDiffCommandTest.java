package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.rulefile.ParsedRules;
import io.quorate.cli.rulefile.RuleFile;
import io.quorate.client.api.QuorateAdmin.NamespaceRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesDiffCommandTest {
    private static final String NOW = """
            namespace: shop
            rules:
              - {id: a, match: {client: "*"}, limit: {algorithm: fixed-window, amount: 3, period: 60s}}
              - {id: b, match: {path: "/x*"}, limit: {algorithm: gcra, amount: 3, period: 1s}}
              - {id: c, limit: {algorithm: gcra, amount: 3, period: 1s}}
            """;

    @TempDir
    private Path folder;

    private final FakeCluster cluster = new FakeCluster();
    private final CommandRun run = new CommandRun(cluster);

    @BeforeEach
    void apply() {
        cluster.namespaces.put(
                "shop", new NamespaceRules(1, ((ParsedRules.Good) RuleFile.parse("now.yaml", NOW)).rules()));
    }

    @Test
    void showsWhatIsAddedRemovedAndChanged() throws IOException {
        Path newer = Files.writeString(folder.resolve("new.yaml"), """
                namespace: shop
                rules:
                  - {id: c, limit: {algorithm: gcra, amount: 3, period: 1s}, mode: shadow}
                  - {id: a, match: {client: "*"}, limit: {algorithm: fixed-window, amount: 5, period: 60s}, priority: 2}
                  - {id: d, limit: {algorithm: gcra, amount: 3, period: 1s}}
                """);
        assertThat(run.command("rules", "diff", newer.toString())).isZero();
        assertThat(run.out())
                .contains("+ d\n", "- b\n", "~ c mode: enforce -> shadow\n", "~ a priority: (none) -> 2\n")
                .containsPattern("~ a limit: .*amount=3.* -> .*amount=5")
                .contains("~ (namespace) the order of the rules\n")
                .endsWith("1 rule added, 1 removed, 2 changed\n");
        assertThat(run.command("rules", "diff", newer.toString(), "--json")).isZero();
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(json.get("added").get(0).asText()).isEqualTo("d");
        assertThat(json.get("moved").asBoolean()).isTrue();
        assertThat(cluster.namespaces.get("shop").version())
                .as("nothing is applied")
                .isEqualTo(1);
    }

    @Test
    void theSameRulesDoNotDiffer() throws IOException {
        Path same = Files.writeString(folder.resolve("same.yaml"), NOW);
        assertThat(run.command("rules", "diff", same.toString())).isZero();
        assertThat(run.out()).isEqualTo("no difference\n");
        assertThat(run.command("rules", "diff", same.toString(), "--now", same.toString()))
                .isZero();
        Path other = Files.writeString(folder.resolve("other.yaml"), NOW.replace("shop", "bar"));
        assertThat(run.command("rules", "diff", other.toString(), "--now", same.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run.command("rules", "diff", other.toString())).isZero();
        assertThat(run.out()).endsWith("3 rules added, 0 removed, 0 changed\n");
    }
}
