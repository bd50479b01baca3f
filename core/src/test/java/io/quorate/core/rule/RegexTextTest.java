package io.quorate.core.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.testing.Tries;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RegexTextTest {
    private static final Limit LIMIT = Limit.of(Algorithm.FIXED_WINDOW, 1, 1000);
    private static final List<String> PARTS = List.of(
            "a",
            "b",
            "ab",
            "abc",
            "|",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "^",
            "$",
            ".",
            "*",
            "+",
            "?",
            ",",
            "1",
            "2",
            "0",
            "\\",
            "\\x41",
            "\\pL",
            "\\PL",
            "\\p{Lu}",
            "\\101",
            "\\d",
            "\\n",
            "\\]",
            "\\[",
            "[:alpha:]",
            "[^",
            "-",
            "{2}",
            "{0,1}",
            "{x",
            "\\Q",
            "\\E",
            "(?i)",
            "(?:",
            "\uD83D\uDE00",
            "]abc",
            "\\b",
            "\\z");
    private static final List<String> TEXTS = List.of(
            "a",
            "b",
            "ab",
            "abc",
            "A",
            "|",
            "[",
            "]",
            "{",
            "}",
            "{x",
            ",",
            "1",
            "2",
            "0",
            "\\",
            "-",
            "z",
            ":",
            "\uD83D\uDE00",
            "",
            "(",
            "*",
            "^");

    @Test
    void aValueThatFitsIsFoundByTheIndex() {
        int found = 0;
        for (String expression : RandomRules.REGEXES) {
            int before = found;
            Regex regex = new Regex(expression);
            for (String value : RandomRules.REGEX_VALUES) {
                found += found(regex, value) ? 1 : 0;
            }
            assertThat(found)
                    .as("values that fit, and one of them %s", expression)
                    .isGreaterThan(before);
        }
        assertThat(found).isGreaterThan(RandomRules.REGEXES.size());
    }

    @Test
    void aValueThatFitsARandomExpressionHasItsTexts() {
        Tries.run("RegexText", 20_000, random -> {
            Regex regex;
            try {
                regex = new Regex(some(PARTS, random));
            } catch (IllegalArgumentException e) {
                return;
            }
            for (int i = 0; i < 20; i++) {
                found(regex, some(TEXTS, random));
            }
        });
    }

    @Test
    void textsAreToldOfPlainExpressions() {
        assertThat(RegexText.of("/api/v[0-9]+/users")).isEqualTo(new RegexText("/api/v", "/api/v"));
        assertThat(RegexText.of("^ab\\.c{2,3}def$")).isEqualTo(new RegexText("ab.", "ab."));
        assertThat(RegexText.of(".*\\dabc(x|y)?")).isEqualTo(new RegexText("", "abc"));
        assertThat(RegexText.of("abc\\x41")).isEqualTo(new RegexText("", ""));
    }

    private static String some(List<String> parts, Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(7); i >= 0; i--) {
            text.append(parts.get(random.nextInt(parts.size())));
        }
        return text.toString();
    }

    /** Whether the value fits; if so, the index must find the rule, whatever it is filed with. */
    private static boolean found(Regex regex, String value) {
        if (!regex.matches(value)) {
            return false;
        }
        RegexText text = RegexText.of(regex.expression());
        assertThat(value).as("fits %s", regex).startsWith(text.prefix()).contains(text.inner());
        Rule rule = new Rule("r", List.of(new EntryMatch("n", regex, false)), LIMIT, Mode.ENFORCE);
        CompiledRules rules =
                new CompiledRules(new AppliedRules("ns", 1, Optional.empty(), List.of(new NumberedRule(rule, 1))));
        assertThat(rules.match(Descriptor.of("n", value)))
                .as("'%s' fits %s", value, regex)
                .hasSize(1);
        return true;
    }
}
