package io.quorate.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
    @ParameterizedTest
    @CsvSource({
        "500ms,500",
        "60s,60000",
        "5m,300000",
        "1h,3600000",
        "1d,86400000",
        "1m30s,90000",
        "1d2h3m4s5ms,93784005",
        "0s,0",
        "36500d,3153600000000",
        "090s,90000"
    })
    void durationsAreRead(String text, long millis) {
        assertThat(DurationText.parseMillis(text)).isEqualTo(millis);
    }

    @ParameterizedTest
    @CsvSource({
        "0,0ms",
        "1,1ms",
        "1000,1s",
        "60000,60s",
        "90000,90s",
        "120000,120s",
        "121000,2m1s",
        "3600000,1h",
        "1500,1s500ms",
        "93784005,1d2h3m4s5ms"
    })
    void durationsAreWritten(long millis, String text) {
        assertThat(DurationText.format(millis)).isEqualTo(text);
    }

    @Test
    void everyDurationReadsBack() {
        long seed = Long.getLong("seed", new Random().nextLong());
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long millis = random.nextLong(1L << (1 + random.nextInt(45)));
            assertThat(DurationText.parseMillis(DurationText.format(millis)))
                    .as("-Dseed=%d", seed)
                    .isEqualTo(millis);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "60",
        "1_000",
        "s",
        "5x",
        "5s5m",
        "5s5s",
        "1.5s",
        "-5s",
        "' 5s'",
        "5 s",
        "5S",
        "''",
        "9223372036854775807d"
    })
    void badDurationsGetAdvice(String text) {
        assertThatThrownBy(() -> DurationText.parseMillis(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("; ");
    }

    @Test
    void nothingReachesATerminalThatItWouldObey() {
        assertThat(Printable.escape("plain \u00fc \ud83d\ude00")).isEqualTo("plain \u00fc \ud83d\ude00");
        assertThat(Printable.escape("a\u001b[31m\n\r\t\u007f\u009b")).isEqualTo("a\\x1b[31m\\x0a\\x0d\\x09\\x7f\\x9b");
        assertThat(Printable.escape("\u202eevil\u2028\ud800")).isEqualTo("\\u202eevil\\u2028\\ud800");
        assertThat(Printable.escape("abcdef", 3)).isEqualTo("abc...");
    }

    @Test
    void slipsAreRecognised() {
        List<String> known = List.of("algorithm", "amount", "period", "burst");
        assertThat(Spelling.nearest("algoritm", known)).contains("algorithm");
        assertThat(Spelling.nearest("amuont", known)).contains("amount");
        assertThat(Spelling.nearest("Period", known)).contains("period");
        assertThat(Spelling.nearest("bruts", known)).isEmpty();
        assertThat(Spelling.nearest("x".repeat(10_000), known)).isEmpty();
        assertThat(Spelling.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Spelling.distance("ab", "ba")).isEqualTo(1);
    }

    @Test
    void tablesAlignTheirColumns() {
        Table table = Table.of("rule", "requests").right(1);
        table.row("per-client", "5");
        table.row("a\u001bb", "12345");
        assertThat(table.toString()).isEqualTo("""
                        rule        requests
                        per-client         5
                        a\\x1bb         12345
                        """);
    }
}
