package io.quorate.core.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.core.rule.Pattern.Any;
import io.quorate.core.rule.Pattern.Exact;
import io.quorate.core.rule.Pattern.Prefix;
import io.quorate.core.testing.Tries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CompiledRulesProperties {
    private static final Limit LIMIT = Limit.of(Algorithm.FIXED_WINDOW, 1, 1000);

    @Test
    void findsWhatLookingAtEachRuleFinds() {
        Tries.run("CompiledRules", 2000, random -> {
            List<NumberedRule> rules = new ArrayList<>();
            int count = random.nextInt(30);
            for (int i = 0; i < count; i++) {
                rules.add(new NumberedRule(new Rule("r" + i, conditions(random), LIMIT, Mode.ENFORCE), i + 1));
            }
            CompiledRules compiled = new CompiledRules(new AppliedRules("ns", 1, Optional.empty(), rules));
            for (int i = 0; i < 20; i++) {
                Map<String, String> entries = new LinkedHashMap<>();
                for (int e = random.nextInt(5); e > 0; e--) {
                    entries.put(name(random), text(random));
                }
                assertThat(compiled.match(Descriptor.of(entries)))
                        .as("%s for %s", entries, rules)
                        .isEqualTo(naive(rules, entries));
            }
        });
    }

    /** Looks at each rule and each of its conditions. */
    private static List<Matched> naive(List<NumberedRule> rules, Map<String, String> entries) {
        List<Matched> matched = new ArrayList<>();
        for (NumberedRule rule : rules) {
            boolean all = true;
            List<String> values = new ArrayList<>();
            for (EntryMatch condition : rule.rule().match()) {
                String value = entries.get(condition.name());
                Pattern pattern = condition.pattern();
                if (value == null) {
                    all = false;
                } else if (pattern instanceof Exact exact) {
                    all &= value.equals(exact.value());
                } else if (pattern instanceof Prefix prefix) {
                    all &= value.startsWith(prefix.prefix());
                } else {
                    values.add(value);
                }
            }
            if (all) {
                matched.add(new Matched(rule, QuotaKey.of("ns", rule.rule().id(), values)));
            }
        }
        return matched;
    }

    private static List<EntryMatch> conditions(Random random) {
        Map<String, Pattern> conditions = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            conditions.put(
                    name(random),
                    switch (random.nextInt(3)) {
                        case 0 -> new Any();
                        case 1 -> new Exact(text(random));
                        default -> new Prefix(text(random));
                    });
        }
        return conditions.entrySet().stream()
                .map(entry -> new EntryMatch(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static String name(Random random) {
        return "n" + random.nextInt(4);
    }

    /** Short texts of few letters, so that they are often equal to or a prefix of each other. */
    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append("ab*é".charAt(random.nextInt(4)));
        }
        return text.toString();
    }
}
