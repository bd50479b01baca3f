package io.quorate.cli.rulefile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every bad file of bad-rules.txt gets exactly the problems that stand there, at their places. */
class BadRuleFilesTest {
    private static final String TABLE = "bad-rules.txt";

    record Expected(int line, int column, List<String> words) {}

    record Case(String title, String text, List<Expected> problems) {
        @Override
        public String toString() {
            return title;
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachProblemIsNamedAtItsPlaceWithAdvice(Case bad) {
        ParsedRules parsed = RuleFile.parse("rules.yaml", bad.text());
        assertThat(parsed).isInstanceOf(ParsedRules.Bad.class);
        List<Problem> problems = ((ParsedRules.Bad) parsed).problems();
        assertThat(problems).as("%s", problems).hasSameSizeAs(bad.problems());
        for (int i = 0; i < problems.size(); i++) {
            Expected expected = bad.problems().get(i);
            Problem problem = problems.get(i);
            assertThat(problem.line() + ":" + problem.column())
                    .as("%s", problem)
                    .isEqualTo(expected.line() + ":" + expected.column());
            assertThat(problem.toString()).contains(expected.words());
            assertThat(problem.what()).isNotBlank();
            assertThat(problem.advice()).isNotBlank();
            assertThat(problem.toString()).doesNotContain("\n").doesNotContain("Exception");
        }
    }

    @Test
    void theTableIsLarge() throws IOException {
        assertThat(cases().count()).isGreaterThanOrEqualTo(60);
    }

    static Stream<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        String title = "";
        StringBuilder text = new StringBuilder();
        List<Expected> problems = new ArrayList<>();
        for (String line : table().lines().toList()) {
            if (line.startsWith("=== ")) {
                if (!problems.isEmpty()) {
                    cases.add(new Case(title, body(text), List.copyOf(problems)));
                }
                title = line.substring(4);
                text.setLength(0);
                problems.clear();
            } else if (line.startsWith("--- ")) {
                problems.add(expected(line.substring(4)));
            } else if (problems.isEmpty()) {
                text.append(line).append('\n');
            }
        }
        cases.add(new Case(title, body(text), List.copyOf(problems)));
        return cases.stream();
    }

    private static String body(StringBuilder text) {
        return text.toString().stripTrailing() + "\n";
    }

    private static Expected expected(String line) {
        int space = line.indexOf(' ');
        String[] place = line.substring(0, space).split(":");
        List<String> words = Stream.of(line.substring(space + 1).split("\\|"))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
        return new Expected(Integer.parseInt(place[0]), Integer.parseInt(place[1]), words);
    }

    private static String table() throws IOException {
        try (InputStream in = Objects.requireNonNull(BadRuleFilesTest.class.getResourceAsStream(TABLE))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
