package io.quorate.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Command;
import io.quorate.core.command.Command.PutRules;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.Reason;
import io.quorate.core.command.Outcome.Refused;
import io.quorate.core.command.Outcome.RulesPut;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.Activation;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Precedence;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import io.quorate.core.rule.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Putting rules, by examples. */
final class MachineRulesTest {
    private final Group meta = new Group(new MachineLimits(10, 1_000, 8, 1000, 4, 1_000, 100, 10, 2, 5, 8, 60_000));

    private static Rule rule(String id, long amount) {
        return new Rule(
                id,
                List.of(new EntryMatch("client", Pattern.parse("*"))),
                Limit.of(Algorithm.GCRA, amount, 60_000),
                Mode.ENFORCE);
    }

    private static RuleSet set(String namespace, Rule... rules) {
        return new RuleSet(namespace, Optional.empty(), List.of(rules));
    }

    private static PutRules put(String namespace, Rule... rules) {
        return new PutRules(set(namespace, rules), OptionalLong.empty());
    }

    private static PutRules putIf(long version, String namespace, Rule... rules) {
        return new PutRules(set(namespace, rules), OptionalLong.of(version));
    }

    private List<Integer> numbers(String namespace) {
        return meta.state.rules(namespace).orElseThrow().rules().stream()
                .map(NumberedRule::limitId)
                .toList();
    }

    @Test
    void eachChangeRaisesTheClustersVersion() {
        assertThat(meta.outcome(put("shop", rule("a", 1)))).isEqualTo(new RulesPut(1, true));
        Applied second = meta.apply(put("bank", rule("a", 1))).get(0);
        assertThat(second.outcome()).isEqualTo(new RulesPut(2, true));
        assertThat(second.rulesVersion()).isEqualTo(2);
        assertThat(meta.state.rules("shop").orElseThrow().version()).isEqualTo(1);
        assertThat(meta.state.rules("bank").orElseThrow().ruleSet()).isEqualTo(set("bank", rule("a", 1)));
        assertThat(meta.state.header().rulesVersion()).isEqualTo(2);
    }

    @Test
    void theSameRulesAgainChangeNothing() {
        meta.apply(put("shop", rule("a", 1)), put("bank", rule("a", 1)));
        assertThat(meta.outcome(put("shop", rule("a", 1)))).isEqualTo(new RulesPut(1, false));
        assertThat(meta.outcome(put("other"))).isEqualTo(new RulesPut(0, false));
        assertThat(meta.state.header().rulesVersion()).isEqualTo(2);
        assertThat(meta.outcome(new PutRules(
                        new RuleSet("shop", Optional.of("client"), List.of(rule("a", 1))), OptionalLong.empty())))
                .as("colocation is a part of the rules")
                .isEqualTo(new RulesPut(3, true));
    }

    @Test
    void onlyAChangedLimitGetsANewNumber() {
        meta.apply(put("shop", rule("a", 1), rule("b", 2)));
        assertThat(numbers("shop")).containsExactly(1, 2);
        meta.apply(put("shop", rule("b", 2), rule("c", 3), rule("a", 9)));
        assertThat(numbers("shop")).containsExactly(2, 3, 4);
        Rule shadow = new Rule("b", List.of(), Limit.of(Algorithm.GCRA, 2, 60_000), Mode.SHADOW);
        meta.apply(put("shop", shadow), put("bank", rule("b", 2)));
        assertThat(numbers("shop")).containsExactly(2);
        assertThat(numbers("bank")).containsExactly(5);
        assertThat(meta.state.header().nextLimitId()).isEqualTo(6);
    }

    @Test
    void changedTermsAreAChangeOfTheRulesButNotOfTheLimit() {
        Limit limit = Limit.of(Algorithm.GCRA, 60, 60_000);
        List<Rule> changes = List.of(
                new Rule("a", List.of(), limit, Mode.ENFORCE, LeaseTerms.OFF, FailureTerms.DENY),
                new Rule("a", List.of(), limit, Mode.ENFORCE, new LeaseTerms(true, 7, 0), FailureTerms.DENY),
                new Rule("a", List.of(), limit, Mode.ENFORCE, new LeaseTerms(true, 7, 900), FailureTerms.DENY),
                new Rule("a", List.of(), limit, Mode.ENFORCE, LeaseTerms.DEFAULT, new FailureTerms(7, 900)),
                new Rule("a", List.of(), limit, Mode.ENFORCE, LeaseTerms.DEFAULT, new FailureTerms(900, 7)));
        meta.apply(put("shop", new Rule("a", List.of(), limit, Mode.ENFORCE)));
        List<Long> digests = new ArrayList<>(List.of(meta.state.header().digest()));
        long version = 1;
        for (Rule changed : changes) {
            assertThat(meta.outcome(put("shop", changed))).isEqualTo(new RulesPut(++version, true));
            assertThat(numbers("shop")).containsExactly(1);
            assertThat(meta.state.rules("shop").orElseThrow().ruleSet()).isEqualTo(set("shop", changed));
            assertThat(meta.state.header().digest()).isEqualTo(Digests.of(meta.state));
            digests.add(Digests.rules(
                    new AppliedRules("shop", 1, Optional.empty(), List.of(new NumberedRule(changed, 1)))));
        }
        assertThat(digests).as("each term is a part of the digest").doesNotHaveDuplicates();
    }

    @Test
    void rulesThatDependOnTheTimeAreSettledOnceAtEachEdge() {
        Rule always = rule("always", 1);
        long start = meta.nowMillis();
        Rule sale = timed("sale", new Window(start + 1_000, start + 2_000), new Window(start + 5_000, start + 6_000));
        meta.apply(put("shop", always, sale), put("bank", always));
        assertThat(meta.state.rules("bank").orElseThrow().asOfMillis()).isZero();
        long version = meta.state.header().rulesVersion();
        List<NumberedRule> numbered = meta.state.rules("shop").orElseThrow().rules();

        assertThat(settledAt(start + 999)).as("before the first edge").isZero();
        for (long edge : List.of(start + 1_000, start + 2_000, start + 5_500, start + 6_000)) {
            assertThat(settledAt(edge)).as("%d", edge - start).isEqualTo(1);
            assertThat(settledAt(edge + 1)).as("again").isZero();
            AppliedRules shop = meta.state.rules("shop").orElseThrow();
            assertThat(shop.version()).isEqualTo(++version);
            assertThat(shop.rules()).as("limits keep their numbers").isEqualTo(numbered);
            assertThat(shop.asOfMillis()).isEqualTo(edge);
            int rules =
                    new CompiledRules(shop).match(Descriptor.of("client", "7")).size();
            assertThat(rules).isEqualTo(edge == start + 1_000 || edge == start + 5_500 ? 2 : 1);
            assertThat(meta.state.header().digest()).isEqualTo(Digests.of(meta.state));
        }
        assertThat(settledAt(start + 1_000_000)).as("after the last edge").isZero();
        assertThat(meta.state.rules("bank").orElseThrow().version()).isEqualTo(2);
    }

    private static Rule timed(String id, Window... windows) {
        Rule plain = rule(id, 1);
        return new Rule(
                id,
                plain.match(),
                plain.effect(),
                plain.mode(),
                plain.leaseTerms(),
                plain.failureTerms(),
                Precedence.NONE,
                new Activation(Optional.empty(), List.of(windows)));
    }

    private long settledAt(long logTimeMillis) {
        meta.advance(logTimeMillis - meta.nowMillis());
        return ((Outcome.Done) meta.outcome(new Command.SettleRules())).changed();
    }

    @Test
    void aDeletedNamespaceKeepsAVersion() {
        meta.apply(put("shop", rule("a", 1)));
        assertThat(meta.outcome(put("shop"))).isEqualTo(new RulesPut(2, true));
        assertThat(meta.outcome(put("shop"))).isEqualTo(new RulesPut(2, false));
        assertThat(meta.state.allRules()).containsExactly(new AppliedRules("shop", 2, Optional.empty(), List.of()));
        assertThat(meta.outcome(putIf(0, "shop", rule("a", 1)))).isEqualTo(new Refused(Reason.VERSION_CONFLICT));
        assertThat(meta.outcome(putIf(2, "shop", rule("a", 1)))).isEqualTo(new RulesPut(3, true));
        assertThat(numbers("shop")).as("its counters begin anew").containsExactly(2);
    }

    @Test
    void refusesUnlessTheVersionIsTheOneAskedFor() {
        assertThat(meta.outcome(putIf(1, "shop", rule("a", 1)))).isEqualTo(new Refused(Reason.VERSION_CONFLICT));
        assertThat(meta.outcome(putIf(0, "shop", rule("a", 1)))).isEqualTo(new RulesPut(1, true));
        List<Applied> race = meta.apply(putIf(1, "shop", rule("a", 2)), putIf(1, "shop", rule("a", 3)));
        assertThat(race.get(0).outcome()).isEqualTo(new RulesPut(2, true));
        assertThat(race.get(1).outcome()).isEqualTo(new Refused(Reason.VERSION_CONFLICT));
    }

    @Test
    void boundsNamespacesAndRules() {
        meta.apply(put("a", rule("r", 1)), put("b", rule("r", 1)));
        assertThat(meta.outcome(put("c", rule("r", 1)))).isEqualTo(new Refused(Reason.INVALID));
        List<Rule> five = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            five.add(rule("r" + i, 1));
        }
        assertThat(meta.outcome(put("a", five.toArray(Rule[]::new)))).isEqualTo(new Refused(Reason.INVALID));
        assertThat(meta.outcome(put("a", five.subList(0, 4).toArray(Rule[]::new))))
                .isEqualTo(new RulesPut(3, true));
        assertThat(meta.outcome(put("b"))).isEqualTo(new RulesPut(4, true));
        assertThat(meta.outcome(put("a", five.toArray(Rule[]::new)))).isEqualTo(new RulesPut(5, true));
        assertThat(meta.state.header().nextLimitId()).isEqualTo(8);
    }
}
