package io.quorate.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.client.api.Result;
import io.quorate.client.api.Result.Position;
import io.quorate.client.api.Result.RuleResult;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checker accepts what limits allow and finds each kind of wrong grant. */
class GrantCheckerTest {

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"CONCURRENCY"},
            mode = EnumSource.Mode.EXCLUDE)
    void aGrantTooManyIsFoundForEachAlgorithm(Algorithm algorithm) {
        CompiledRules rules = rules(Limit.of(algorithm, 3, 10_000));
        GrantChecker right = new GrantChecker(rules);
        for (int i = 0; i < 3; i++) {
            right.add(grant(position(i, 5_000), 1, 2 - i));
        }
        assertThat(right.violations()).isEmpty();
        assertThat(right.granted(key())).isEqualTo(3);
        GrantChecker wrong = new GrantChecker(rules);
        for (int i = 0; i < 4; i++) {
            wrong.add(grant(position(i, 5_000), 1, 0));
        }
        assertThat(wrong.violations()).isNotEmpty().allMatch(text -> text.startsWith("n/r/a: "));
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"TOKEN_BUCKET", "GCRA", "FIXED_WINDOW", "SLIDING_LOG"})
    void aPeriodLaterThereIsRoomAgain(Algorithm algorithm) {
        GrantChecker checker = new GrantChecker(rules(Limit.of(algorithm, 3, 10_000)));
        checker.add(grant(position(1, 5_000), 3, 0));
        checker.add(grant(position(2, 15_000), 3, 0));
        assertThat(checker.violations()).isEmpty();
        checker.add(grant(position(3, 15_001), 1, 0));
        assertThat(checker.violations()).isNotEmpty();
    }

    @Test
    void twoGrantsAtOnePlaceAreFound() {
        GrantChecker checker = new GrantChecker(rules(Limit.of(Algorithm.GCRA, 10, 1_000)));
        checker.add(grant(position(1, 5), 1, 0));
        checker.add(grant(position(1, 5), 1, 0));
        assertThat(checker.violations()).anyMatch(text -> text.contains("two grants stand at one place"));
    }

    @Test
    void logTimeThatGoesBackAndACounterInTwoGroupsAreFound() {
        GrantChecker back = new GrantChecker(rules(Limit.of(Algorithm.FIXED_WINDOW, 10, 1_000)));
        back.add(grant(position(1, 500), 1, 0));
        back.add(grant(position(2, 499), 1, 0));
        assertThat(back.violations()).anyMatch(text -> text.contains(" after group 1 index 1/0"));
        GrantChecker groups = new GrantChecker(rules(Limit.of(Algorithm.FIXED_WINDOW, 10, 1_000)));
        groups.add(grant(position(1, 500), 1, 0));
        groups.add(grant(new Position(2, 2, 0, 500, 1), 1, 0));
        assertThat(groups.violations()).isNotEmpty();
    }

    @Test
    void moreRemainingThanKnownGrantsLeaveIsFound() {
        GrantChecker checker = new GrantChecker(rules(Limit.of(Algorithm.FIXED_WINDOW, 10, 1_000)));
        checker.add(grant(position(1, 5), 4, 7));
        assertThat(checker.violations()).anyMatch(text -> text.contains("7 said to remain"));
    }

    @Test
    void aGrantThoughARuleDeniedAndAMissingRuleAreFound() {
        GrantChecker checker = new GrantChecker(rules(Limit.of(Algorithm.FIXED_WINDOW, 10, 1_000)));
        RuleResult denied = new RuleResult("r", false, false, 0, Optional.of(Duration.ZERO), Duration.ZERO);
        checker.add(grant(position(1, 5), 1, List.of(denied)));
        checker.add(grant(position(2, 5), 1, List.of()));
        assertThat(checker.violations())
                .anyMatch(text -> text.contains("though r denied"))
                .anyMatch(text -> text.contains("names 0 rules, but 1 match"));
    }

    private static CompiledRules rules(Limit limit) {
        Rule rule = new Rule("r", List.of(new EntryMatch("client", new Pattern.Any())), limit, Mode.ENFORCE);
        return new CompiledRules(new AppliedRules("n", 1, Optional.empty(), List.of(new NumberedRule(rule, 1))));
    }

    private static QuotaKey key() {
        return QuotaKey.of("n", "r", List.of("a"));
    }

    private static Position position(long index, long logTimeMillis) {
        return new Position(1, index, 0, logTimeMillis, 1);
    }

    private static GrantRecord grant(Position position, long cost, long remaining) {
        return grant(
                position,
                cost,
                List.of(new RuleResult("r", true, false, remaining, Optional.of(Duration.ZERO), Duration.ZERO)));
    }

    private static GrantRecord grant(Position position, long cost, List<RuleResult> rules) {
        Result.Receipt receipt = new Result.Receipt(1, 1, position.index(), cost);
        Result.Granted granted = new Result.Granted(rules, position, receipt);
        return new GrantRecord(Descriptor.of("client", "a"), cost, granted, 0, 1);
    }
}
