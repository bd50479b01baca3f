package io.quorate.cli.rulefile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every bad file of bad-rules.txt gets exactly the problems that stand there, at their places. */
class BadRuleFilesTest {
    @ParameterizedTest
    @MethodSource("io.quorate.cli.rulefile.BadRuleFiles#cases")
    void eachProblemIsNamedAtItsPlaceWithAdvice(BadRuleFiles.Case bad) {
        ParsedRules parsed = RuleFile.parse("rules.yaml", bad.text());
        assertThat(parsed).isInstanceOf(ParsedRules.Bad.class);
        List<Problem> problems = ((ParsedRules.Bad) parsed).problems();
        assertThat(problems).as("%s", problems).hasSameSizeAs(bad.problems());
        for (int i = 0; i < problems.size(); i++) {
            BadRuleFiles.Expected expected = bad.problems().get(i);
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
        assertThat(BadRuleFiles.cases().count()).isGreaterThanOrEqualTo(200);
    }
}
