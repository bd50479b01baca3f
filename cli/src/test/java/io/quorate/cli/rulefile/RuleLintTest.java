package io.quorate.cli.rulefile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** In every file of found-rules.txt exactly what stands there is found, at its place. */
class RuleLintTest {
    /** In the year 2023. */
    private static final long NOW_MILLIS = 1_700_000_000_000L;

    private static ParsedRules.Good good(String text) {
        ParsedRules parsed = RuleFile.parse("rules.yaml", text);
        assertThat(parsed).isInstanceOf(ParsedRules.Good.class);
        return (ParsedRules.Good) parsed;
    }

    @ParameterizedTest
    @MethodSource("io.quorate.cli.rulefile.BadRuleFiles#findings")
    void eachFindingHasItsPlaceAReasonAndItsKind(BadRuleFiles.Case file) {
        List<Finding> findings = RuleLint.of("rules.yaml", good(file.text()), NOW_MILLIS);
        assertThat(findings).as("%s", findings).hasSameSizeAs(file.problems());
        for (int i = 0; i < findings.size(); i++) {
            BadRuleFiles.Expected expected = file.problems().get(i);
            Problem problem = findings.get(i).problem();
            assertThat(problem.line() + ":" + problem.column())
                    .as("%s", problem)
                    .isEqualTo(expected.line() + ":" + expected.column());
            assertThat(findings.get(i).toString()).contains(expected.words());
            assertThat(problem.advice()).isNotBlank();
        }
    }

    @Test
    void theExamplesOfTheReferenceAreRightAndNothingIsFoundInThem() throws IOException {
        String reference = Files.readString(Path.of("../docs/rules.md"));
        Matcher blocks = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(reference);
        List<Finding> findings = new ArrayList<>();
        int count = 0;
        while (blocks.find()) {
            findings.addAll(RuleLint.of("rules.md", good(blocks.group(1)), NOW_MILLIS));
            count++;
        }
        assertThat(count).isGreaterThanOrEqualTo(3);
        assertThat(findings).isEmpty();
    }

    @Test
    void manyRulesAreCheckedWithoutComparingAllWithAll() {
        StringBuilder text = new StringBuilder("namespace: shop\nrules:\n");
        for (int i = 0; i < 20_000; i++) {
            text.append("- {id: r").append(i).append(", match: {c: \"v").append(i % 19_999);
            text.append("\"}, limit: {algorithm: gcra, amount: 1, period: 1s}}\n");
        }
        List<Finding> findings = RuleLint.of("rules.yaml", good(text.toString()), NOW_MILLIS);
        assertThat(findings).extracting(Finding::kind).containsExactly("duplicate");
    }
}
