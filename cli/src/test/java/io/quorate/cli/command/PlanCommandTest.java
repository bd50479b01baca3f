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

class PlanCommandTest {
    private static final String NOW = """
            namespace: shop
            rules:
              - {id: per-client, match: {client: "*"}, limit: {algorithm: fixed-window, amount: 3, period: 60s}}
            """;

    @TempDir
    private Path folder;

    private final FakeCluster cluster = new FakeCluster();
    private final CommandRun run = new CommandRun(cluster);
    private Path trace = Path.of("");
    private Path newer = Path.of("");

    @BeforeEach
    void write() throws IOException {
        trace = Files.writeString(
                folder.resolve("trace.csv"), "t_ms,client,endpoint,cost\n1,a,/,1\n2,a,/,1\n3,a,/,1\n4,b,/,1\nx\n");
        newer = Files.writeString(folder.resolve("new.yaml"), NOW.replace("amount: 3", "amount: 1"));
    }

    @Test
    void comparesWithTheRulesOfTheCluster() {
        cluster.namespaces.put(
                "shop", new NamespaceRules(1, ((ParsedRules.Good) RuleFile.parse("now.yaml", NOW)).rules()));
        assertThat(run.command("plan", newer.toString(), "--against", trace.toString()))
                .isZero();
        assertThat(run.out())
                .contains("4 requests, 1 malformed line")
                .contains("2 newly denied, 0 newly granted; still granted 2, still denied 0, refused 0")
                .containsPattern("per-client +newly denied +2 +1 +a 2");
        assertThat(cluster.namespaces.get("shop").version())
                .as("nothing is applied")
                .isEqualTo(1);
    }

    @Test
    void comparesWithAFileAndWritesJson() throws IOException {
        Path now = Files.writeString(folder.resolve("now.yaml"), NOW);
        assertThat(run.command(
                        "plan", now.toString(), "--against", trace.toString(), "--now", newer.toString(), "--json"))
                .isZero();
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(json.get("changes").get("newly_granted").asInt()).isEqualTo(2);
        JsonNode rule = json.get("rules").get(0);
        assertThat(rule.get("change").asText()).isEqualTo("newly_granted");
        assertThat(rule.get("worst").get(0).get("values").get(0).asText()).isEqualTo("a");
    }

    @Test
    void aNamespaceWithoutRulesGrantsEverything() {
        assertThat(run.command("plan", newer.toString(), "--against", trace.toString(), "--cost", "2"))
                .isZero();
        assertThat(run.out()).contains("0 rules now").contains("4 newly denied");
    }

    @Test
    void badInputIsNamed() throws IOException {
        Path other = Files.writeString(folder.resolve("other.yaml"), NOW.replace("shop", "bar"));
        assertThat(run.command("plan", newer.toString(), "--against", trace.toString(), "--now", other.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("'shop'").contains("'bar'");
        assertThat(run.command("plan", newer.toString(), "--against", trace.toString(), "--cost", "-1"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("0 to 1000000000");
        assertThat(run.command(
                        "plan",
                        newer.toString(),
                        "--against",
                        folder.resolve("absent").toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(run.command("plan", newer.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--against");
    }
}
