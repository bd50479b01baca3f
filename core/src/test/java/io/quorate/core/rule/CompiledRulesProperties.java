package io.quorate.core.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.core.testing.Tries;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class CompiledRulesProperties {
    @Test
    void findsWhatLookingAtEachRuleFinds() {
        Tries.run("CompiledRules", 1500, random -> {
            AppliedRules applied = applied(rules(sizeOf(random), random), random);
            agree(new CompiledRules(applied), applied, random);
        });
    }

    @Test
    void rulesCompiledFromThoseBeforeAreLikeRulesCompiledAnew() {
        Tries.run("CompiledRules.next", 400, random -> {
            List<NumberedRule> rules = rules(sizeOf(random), random);
            CompiledRules compiled = new CompiledRules(applied(rules, random));
            CompiledRules first = compiled;
            AppliedRules firstApplied = compiled.rules();
            int made = rules.size();
            for (int change = 0; change < 10; change++) {
                List<NumberedRule> newer = new ArrayList<>(rules);
                for (int i = random.nextInt(4); i >= 0; i--) {
                    made = change(newer, made, random);
                }
                AppliedRules applied = applied(newer, random);
                compiled = compiled.next(applied);
                agree(compiled, applied, random);
                for (NumberedRule rule : newer) {
                    assertThat(compiled.rule(rule.rule().id())).containsSame(rule);
                }
                rules = newer;
            }
            agree(first, firstApplied, random); // the older ones are as they were
        });
    }

    @Test
    void rulesOfOverlappingConditionsAreTakenOutWhereTheyWerePut() {
        Tries.run("CompiledRules.overlapping", 300, random -> {
            List<NumberedRule> rules = new ArrayList<>();
            CompiledRules compiled = new CompiledRules(new AppliedRules("ns", 1, Optional.empty(), rules));
            int most = random.nextInt(3) == 0 ? 80 : 12;
            int made = 0;
            for (int change = 0; change < 40; change++) {
                List<NumberedRule> newer = new ArrayList<>(rules);
                for (int i = random.nextInt(most / 4); i >= 0; i--) {
                    if (newer.isEmpty() || (newer.size() < most && random.nextBoolean())) {
                        made++;
                        newer.add(
                                random.nextInt(newer.size() + 1),
                                new NumberedRule(RandomRules.overlapping("r" + made, random), made));
                    } else {
                        NumberedRule was = newer.remove(random.nextInt(newer.size()));
                        if (random.nextInt(3) == 0) {
                            newer.add(new NumberedRule(
                                    RandomRules.overlapping(was.rule().id(), random), was.limitId()));
                        }
                    }
                }
                AppliedRules applied = new AppliedRules("ns", 1, Optional.empty(), newer);
                compiled = compiled.next(applied);
                CompiledRules anew = new CompiledRules(applied);
                NaiveMatcher naive = new NaiveMatcher(applied);
                for (int i = 0; i < 12; i++) {
                    Map<String, String> request = overlappingRequest(random);
                    List<Matched> matched = compiled.match(Descriptor.of(request));
                    assertThat(matched).as("%s for %s", request, newer).isEqualTo(anew.match(Descriptor.of(request)));
                    assertThat(matched.stream().map(m -> m.key().ruleId()).toList())
                            .as("%s for %s", request, newer)
                            .isEqualTo(naive.match(request).stream()
                                    .map(key -> key.get(0))
                                    .toList());
                }
                rules = newer;
            }
        });
    }

    private static Map<String, String> overlappingRequest(Random random) {
        String value = random.nextInt(4) == 0 ? "a" + RandomRules.letter(random) : RandomRules.letter(random);
        return random.nextBoolean() ? Map.of("n0", value) : Map.of("n0", value, "n1", RandomRules.letter(random));
    }

    @Test
    void aTextPatternIsReadAsItIsWritten() {
        Tries.run("Pattern.text", 5000, random -> {
            Pattern pattern = Pattern.parse(RandomRules.text(random));
            assertThat(Pattern.parse(pattern.text())).isEqualTo(pattern);
            Pattern exact = new Pattern.Exact(RandomRules.text(random));
            assertThat(Pattern.parse(exact.text())).isEqualTo(exact);
        });
    }

    private static int sizeOf(Random random) {
        return random.nextInt(10) == 0 ? 50 + random.nextInt(300) : random.nextInt(40);
    }

    private static List<NumberedRule> rules(int count, Random random) {
        List<NumberedRule> rules = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rules.add(new NumberedRule(RandomRules.rule("r" + i, count, random), i + 1));
        }
        return rules;
    }

    private static int change(List<NumberedRule> rules, int made, Random random) {
        int at = random.nextInt(rules.size() + 1);
        int kind = random.nextInt(5);
        if (kind == 0 || at == rules.size()) {
            rules.add(at, new NumberedRule(RandomRules.rule("r" + made, made, random), made + 1));
            return made + 1;
        }
        NumberedRule was = rules.remove(at);
        if (kind == 1) {
            rules.add(random.nextInt(rules.size() + 1), was);
        } else if (kind > 2) {
            rules.add(at, new NumberedRule(RandomRules.rule(was.rule().id(), made, random), was.limitId()));
        }
        return made;
    }

    private static AppliedRules applied(List<NumberedRule> rules, Random random) {
        return new AppliedRules("ns", 1, Optional.empty(), random.nextInt(30), rules);
    }

    private static void agree(CompiledRules compiled, AppliedRules applied, Random random) {
        NaiveMatcher naive = new NaiveMatcher(applied);
        for (int i = 0; i < 20; i++) {
            Map<String, String> request = RandomRules.request(random);
            List<List<String>> keys = new ArrayList<>();
            for (Matched matched : compiled.match(Descriptor.of(request))) {
                List<String> key = new ArrayList<>(List.of(matched.key().ruleId()));
                key.addAll(matched.key().values());
                keys.add(key);
                assertThat(matched.key().namespace()).isEqualTo("ns");
                assertThat(matched.rule().rule().id()).isEqualTo(matched.key().ruleId());
            }
            assertThat(keys)
                    .as("%s for %s as of %s", request, applied.rules(), applied.asOfMillis())
                    .isEqualTo(naive.match(request));
            explain(Explanation.of(applied, Descriptor.of(request)), compiled.match(Descriptor.of(request)), applied);
        }
    }

    /** An explanation has the rules that apply, and for each other one a cause that is one. */
    private static void explain(Explanation explanation, List<Matched> matched, AppliedRules applied) {
        assertThat(explanation.lines().stream().map(Explanation.Line::rule).toList())
                .isEqualTo(applied.rules().stream().map(NumberedRule::rule).toList());
        assertThat(explanation.applying().stream()
                        .map(line -> line.key().orElseThrow())
                        .toList())
                .isEqualTo(matched.stream().map(Matched::key).toList());
        Map<String, Explanation.Line> byId = new TreeMap<>();
        explanation.lines().forEach(line -> byId.put(line.rule().id(), line));
        for (Explanation.Line line : explanation.lines()) {
            assertThat(line.unmet().isPresent()).isEqualTo(line.reason() == Explanation.Reason.CONDITION);
            line.by().ifPresent(id -> {
                assertThat(id).isNotEqualTo(line.rule().id());
                assertThat(byId.get(id).reason())
                        .as("what stands in the way matches itself")
                        .isNotIn(
                                Explanation.Reason.CONDITION,
                                Explanation.Reason.DISABLED,
                                Explanation.Reason.NOT_NOW,
                                Explanation.Reason.NOT_ROLLED_OUT);
            });
        }
    }
}
