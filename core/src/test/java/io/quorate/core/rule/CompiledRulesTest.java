package io.quorate.core.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.quota.Slots;
import io.quorate.core.rule.CompiledRules.Matched;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CompiledRulesTest {
    private static final Limit LIMIT = Limit.of(Algorithm.GCRA, 1, 1000);

    /** A rule of name, pattern, name, pattern and so on. */
    private static Rule rule(String id, String... match) {
        List<EntryMatch> conditions = new ArrayList<>();
        for (int i = 0; i < match.length; i += 2) {
            conditions.add(new EntryMatch(match[i], Pattern.parse(match[i + 1])));
        }
        return new Rule(id, conditions, LIMIT, Mode.ENFORCE);
    }

    private static CompiledRules compiled(Optional<String> colocate, Rule... rules) {
        List<NumberedRule> numbered = new ArrayList<>();
        for (Rule rule : rules) {
            numbered.add(new NumberedRule(rule, numbered.size() + 1));
        }
        return new CompiledRules(new AppliedRules("shop", 1, colocate, numbered));
    }

    private static List<String> keys(CompiledRules rules, String... entries) {
        return rules.match(Descriptor.of(entries)).stream()
                .map(matched -> matched.key().toString())
                .toList();
    }

    @Test
    void severalRulesMatchOneRequestInTheOrderOfTheNamespace() {
        CompiledRules rules = compiled(
                Optional.empty(),
                rule("all"),
                rule("per-client", "client", "*"),
                rule("search", "endpoint", "/search*"),
                rule("admin", "endpoint", "/admin"),
                rule("per-client-search", "endpoint", "/search*", "client", "*"));
        assertThat(keys(rules, "client", "7", "endpoint", "/search/x"))
                .containsExactly("shop/all", "shop/per-client/7", "shop/search", "shop/per-client-search/7");
        assertThat(keys(rules, "endpoint", "/admin")).containsExactly("shop/all", "shop/admin");
        assertThat(keys(rules)).containsExactly("shop/all");
    }

    @Test
    void keysHaveTheValuesOfStarsInTheOrderOfTheRule() {
        CompiledRules rules = compiled(Optional.empty(), rule("r", "b", "*", "c", "exact", "a", "*"));
        assertThat(rules.match(Descriptor.of("a", "1", "b", "2", "c", "exact")))
                .containsExactly(
                        new Matched(rules.rules().rules().get(0), QuotaKey.of("shop", "r", List.of("2", "1"))));
        assertThat(keys(rules, "a", "1", "b", "2", "c", "other")).isEmpty();
    }

    @Test
    void nestedPrefixesAreAllFound() {
        CompiledRules rules = compiled(
                Optional.empty(),
                rule("a", "e", "/a*"),
                rule("ab", "e", "/ab*"),
                rule("abc", "e", "/abc*"),
                rule("abd", "e", "/abd*"),
                rule("b", "e", "/b*"));
        assertThat(keys(rules, "e", "/abcx")).containsExactly("shop/a", "shop/ab", "shop/abc");
        assertThat(keys(rules, "e", "/ab")).containsExactly("shop/a", "shop/ab");
        assertThat(keys(rules, "e", "/az")).containsExactly("shop/a");
        assertThat(keys(rules, "e", "/")).isEmpty();
    }

    @Test
    void aNamespaceIsInOneSlotUnlessItColocates() {
        CompiledRules whole = compiled(Optional.empty(), rule("r", "client", "*"));
        assertThat(whole.slot(Descriptor.of("client", "7"))).isEqualTo(Slots.of("shop"));
        assertThat(whole.slot(Descriptor.of())).isEqualTo(Slots.of("shop"));

        CompiledRules byTenant = compiled(Optional.of("tenant"), rule("r", "tenant", "*"));
        assertThat(byTenant.slot(Descriptor.of("client", "7", "tenant", "t1"))).isEqualTo(Slots.of("shop", "t1"));
        assertThatThrownBy(() -> byTenant.slot(Descriptor.of("client", "7")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the request lacks entry 'tenant', by which namespace 'shop' is colocated");
    }
}
