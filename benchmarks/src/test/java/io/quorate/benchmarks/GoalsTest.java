package io.quorate.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How benchmarks read their words and judge their goals. */
final class GoalsTest {
    private static final Usage USAGE = Usage.of(
            "--made",
            "Measures nothing.",
            List.of("none"),
            new Usage.Word("rounds", "3", "rounds"),
            Usage.Word.numbers("keys", "1,10000", "counters"),
            new Usage.Word("peers", "on", "off: none"));

    @TempDir
    private Path folder;

    @Test
    void aGoalSaysWhatWasSeenAndWhetherThatIsEnough() {
        assertThat(new Goals.Goal("ratio", true, 3, 2.3, "times"))
                .hasToString("ratio: goal at least 3.00 times, seen 2.30: MISSED");
        assertThat(new Goals.Goal("rate", true, 150_000, 150_000, "decisions/s"))
                .hasToString("rate: goal at least 150,000 decisions/s, seen 150,000: met");
        assertThat(new Goals.Goal("median", false, 1000, 1000.4, "ms").met()).isFalse();
        assertThat(new Goals.Goal("median", false, 1000, 605, "ms").met()).isTrue();
    }

    @Test
    void whatWasMeasuredBesidePeersIsJudgedCellByCell() {
        Goals goals = new Goals();
        PeerGoals.judge(
                goals,
                List.of(
                        new PeerGoals.Seen("1 hot key, 1024 in flight", "quorate", 300_000, 3),
                        new PeerGoals.Seen("1 hot key, 1024 in flight", "redis-gcra", 150_000, 3),
                        new PeerGoals.Seen("1 hot key, 1024 in flight", "bucket4j-redis", 100, 3),
                        new PeerGoals.Seen("1 hot key, 1 in flight", "quorate", 1_000, 0.7),
                        new PeerGoals.Seen("10000 keys, 1024 in flight", "quorate", 140_000, 3),
                        new PeerGoals.Seen("10000 keys, 1024 in flight", "redis-gcra", 1, 3),
                        new PeerGoals.Seen("10000 keys, 64 callers", "quorate", 16_000, 3)),
                0.2);
        assertThat(goals.all())
                .extracting(Goals.Goal::toString)
                .containsExactly(
                        "1 hot key, 1024 in flight: goal at least 150,000 decisions/s, seen 300,000: met",
                        "1 hot key, 1024 in flight against redis-gcra: goal at least 3.00 times, seen 2.00: MISSED",
                        "1 hot key, 1024 in flight against bucket4j-redis: goal at least 100 times, seen 3,000: met",
                        "1 hot key, 1 in flight, p50: goal at most 2.40 ms, seen 0.70: met",
                        "10000 keys, 1024 in flight: goal at least 150,000 decisions/s, seen 140,000: MISSED",
                        "10000 keys, 64 callers: goal at least 20,000 decisions/s, seen 16,000: MISSED");
    }

    @Test
    void figuresAndGoalsAreWrittenAsJson() throws IOException {
        Path file = folder.resolve("figures.json");
        Setting setting = new Setting(USAGE, "json=" + file, "rounds=2");
        Goals goals = new Goals();
        goals.atLeast("ratio", 3, 2.3, "times");
        goals.figure("cell", "1 hot key", "decisions/s", 5.5);
        goals.report("made", setting);
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.at("/benchmark").asText()).isEqualTo("made");
        assertThat(json.at("/settings/rounds").asText()).isEqualTo("2");
        assertThat(json.at("/goals/0/met").asBoolean(true)).isFalse();
        assertThat(json.at("/goals/0/seen").asDouble()).isEqualTo(2.3);
        assertThat(json.at("/figures/0/decisions~1s").asDouble()).isEqualTo(5.5);
        assertThat(json.at("/machine/cores").asInt()).isPositive();
    }

    @Test
    void wordsAreReadAndWrongOnesNamedWithThoseThatAreRight() {
        Setting setting = new Setting(USAGE, "keys=5,7", "peers=off");
        assertThat(setting.number("rounds")).isEqualTo(3);
        assertThat(setting.numbers("keys")).containsExactly(5, 7);
        assertThat(setting.text("peers")).isEqualTo("off");
        assertThat(setting.directory()).isAbsolute().endsWithRaw(Path.of("target/made-benchmark"));
        assertThatThrownBy(() -> new Setting(USAGE, "round=3"))
                .hasMessageContaining("'round=3' isn't known")
                .hasMessageContaining("rounds, keys, peers, dir, json");
        assertThatThrownBy(() -> new Setting(USAGE, "--rounds")).hasMessageContaining("'--rounds' isn't known");
        for (String wrong : List.of("rounds=x", "rounds=", "rounds=-1", "keys=1,,2", "keys=1.5")) {
            assertThatThrownBy(() -> new Setting(USAGE, wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("isn't a whole number");
        }
    }

    @Test
    void aWordThatTakesOneNumberRefusesAListInTheProcessToo() throws Exception {
        assertThatThrownBy(() -> new Setting(USAGE, "rounds=1,2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'1,2' of rounds is 2 numbers; it takes one, such as rounds=1");
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path errors = folder.resolve("errors");
        Process process = new ProcessBuilder(
                        java.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PeerBenchmark.class.getName(),
                        "rounds=1,2")
                .redirectError(errors.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(errors)
                .content()
                .contains("quorate bench --peers: '1,2' of rounds is 2 numbers; it takes one")
                .contains("try 'quorate bench --peers --help'")
                .doesNotContain("Exception");
    }

    @Test
    void helpNamesEveryWordWithItsDefault() {
        assertThat(USAGE.help())
                .contains("Usage: quorate bench --made [NAME=VALUE ...]")
                .contains("rounds     rounds; default 3")
                .contains("keys       counters, or several with commas between; default 1,10000")
                .contains("json       file for figures");
    }
}
