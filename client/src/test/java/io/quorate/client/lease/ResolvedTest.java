package io.quorate.client.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.testing.Tries;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Requests find the pockets of their rules, and take from all of them or from none. */
class ResolvedTest {
    private static final Limit LIMIT = Kit.perSecond(1000);

    private final Kit kit = new Kit(AdaptiveSizing.POLICY);

    private static Rule rule(String id, Mode mode) {
        return Kit.rule(id, LIMIT, mode, LeaseTerms.DEFAULT, FailureTerms.DENY);
    }

    private Pocket fill(Pocket pocket, long tokens) {
        pocket.hold(new Tranche(
                tokens, kit.clock.getAsLong() + 1_000_000_000L, kit.clock.getAsLong() + 1_000_000_000L, false));
        return pocket;
    }

    @Test
    void takesFromAllCountersOrFromNone() {
        Tries.run("all or nothing", 300, random -> {
            int count = 1 + random.nextInt(4);
            Rule[] rules = new Rule[count];
            for (int i = 0; i < count; i++) {
                rules[i] = rule("r" + i, Mode.ENFORCE);
            }
            Kit fresh = new Kit(AdaptiveSizing.POLICY);
            fresh.leases.learn(Kit.rules(rules));
            Resolved resolved = fresh.find("42");
            long[] has = new long[count];
            for (int i = 0; i < count; i++) {
                has[i] = random.nextInt(30);
                resolved.enforcing()
                        .get(i)
                        .hold(new Tranche(has[i], Long.MAX_VALUE / 2, Long.MAX_VALUE / 2, random.nextBoolean()));
            }
            for (int step = 0; step < 40; step++) {
                long cost = 1 + random.nextInt(5);
                boolean fits = true;
                for (long tokens : has) {
                    fits &= tokens >= cost;
                }
                assertThat(resolved.tryAcquire(cost)).isEqualTo(fits ? Answer.LEASED : Answer.ASK);
                for (int i = 0; i < count; i++) {
                    has[i] -= fits ? cost : 0;
                    assertThat(resolved.enforcing().get(i).tranche().visible()).isEqualTo(has[i]);
                }
            }
        });
    }

    @Test
    void aCostBelowOneIsRefused() {
        kit.leases.learn(Kit.rules(rule("a", Mode.ENFORCE)));
        Resolved resolved = kit.find("42");
        fill(resolved.enforcing().get(0), 5);
        assertThatThrownBy(() -> resolved.tryAcquire(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> resolved.tryAcquire(-3)).isInstanceOf(IllegalArgumentException.class);
        assertThat(resolved.enforcing().get(0).tranche().visible()).isEqualTo(5);
    }

    @Test
    void shadowRulesCountButNeverDeny() {
        kit.leases.learn(Kit.rules(rule("a", Mode.ENFORCE), rule("b", Mode.SHADOW)));
        Resolved resolved = kit.find("42");
        fill(resolved.enforcing().get(0), 5);
        Pocket shadow = resolved.shadow().get(0);
        assertThat(resolved.tryAcquire(2)).isEqualTo(Answer.LEASED);
        assertThat(shadow.missedTokens()).isEqualTo(2);
        assertThat(kit.wakes).isEqualTo(1);
        fill(shadow, 2);
        assertThat(resolved.tryAcquire(2)).isEqualTo(Answer.LEASED);
        assertThat(shadow.tranche().visible()).isZero();
        assertThat(resolved.tryAcquire(2)).isEqualTo(Answer.ASK);
    }

    @Test
    void whereNoRuleMayDenyTheLeaderIsAsked() {
        kit.leases.learn(Kit.rules(rule("a", Mode.ENFORCE)));
        Resolved resolved = kit.leases.find(new RequestKey(Kit.NAMESPACE, Descriptor.of("ip", "1")));
        assertThat(resolved).isNotNull();
        assertThat(resolved != null ? resolved.tryAcquire(7) : null).isEqualTo(Answer.ASK);
        kit.leases.learn(Kit.rules(rule("a", Mode.SHADOW)));
        assertThat(kit.find("42").isUncounted()).isTrue();
        assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.ASK);
        Kit.Told told = kit.acquire("42", 1);
        assertThat(told.times).isEqualTo(1);
        assertThat(told.answer).isEqualTo(Answer.ASK);
        assertThat(kit.leases.idle()).isTrue();
    }

    @Test
    void whatOneRuleForbidsToLeaseGoesToTheLeaderWhole() {
        Limit permits = Limit.of(Algorithm.CONCURRENCY, 5, 1000);
        kit.leases.learn(Kit.rules(rule("a", Mode.ENFORCE), Kit.rule("b", permits)));
        assertThat(kit.find("42").leasable()).isFalse();
        assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.ASK);
        kit.leases.learn(Kit.rules(Kit.rule("a", LIMIT, Mode.ENFORCE, LeaseTerms.OFF, FailureTerms.DENY)));
        assertThat(kit.find("42").leasable()).isFalse();
    }

    @Test
    void severalCountersAreAskedAtTheLeaderAndLeasedMeanwhile() {
        kit.leases.learn(Kit.rules(rule("a", Mode.ENFORCE), rule("b", Mode.ENFORCE)));
        for (int i = 0; i < 3000; i++) {
            kit.passMillis(1);
            Kit.Told told = kit.acquire("42", 1);
            assertThat(told.times).isEqualTo(1);
            kit.grantAll();
        }
        assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.LEASED);
    }

    @Test
    void unknownNamespacesAndRequestsThatCannotBePlacedAreTheLeaders() {
        assertThat(kit.leases.find(Kit.request("42"))).isNull();
        List<NumberedRule> rules = List.of(new NumberedRule(rule("a", Mode.ENFORCE), 1));
        kit.leases.learn(new CompiledRules(new AppliedRules(Kit.NAMESPACE, 1, Optional.of("tenant"), rules)));
        assertThat(kit.leases.find(Kit.request("42"))).isNull();
        kit.leases.forget(Kit.NAMESPACE);
        assertThat(kit.leases.rules(Kit.NAMESPACE)).isNull();
    }

    @Test
    void oneRuleHasACounterInEachGroup() {
        List<NumberedRule> rules = List.of(new NumberedRule(
                new Rule("all", List.of(new EntryMatch("tenant", new Pattern.Prefix("t"))), LIMIT, Mode.ENFORCE), 1));
        CompiledRules compiled = new CompiledRules(new AppliedRules(Kit.NAMESPACE, 1, Optional.of("tenant"), rules));
        PocketIndex index = new PocketIndex(
                LeaseSettings.standard(),
                new CoarseClock(kit.clock, 1),
                slot -> 1 + slot % 2,
                target -> new Pocket(target, new CoarseClock(kit.clock, 1), new Attention(() -> {})));
        index.learn(compiled);
        List<Pocket> found = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Descriptor descriptor = Descriptor.of("tenant", "t" + i);
            Resolved resolved = index.find(new RequestKey(Kit.NAMESPACE, descriptor));
            Pocket pocket = resolved == null ? null : resolved.enforcing().get(0);
            assertThat(pocket).isNotNull();
            if (pocket != null) {
                assertThat(pocket.target().group()).isEqualTo(1 + compiled.slot(descriptor) % 2);
                if (!found.contains(pocket)) {
                    found.add(pocket);
                }
            }
        }
        assertThat(found).hasSize(2);
    }

    @Test
    void requestsAndPocketsAreBounded() {
        LeaseSettings settings = new LeaseSettings(1, 100, 500, 10, 1, 1, 1, 1, 1, 1, false, AdaptiveSizing.POLICY);
        PocketIndex index = new PocketIndex(
                settings,
                new CoarseClock(kit.clock, 1),
                slot -> 1,
                target -> new Pocket(target, new CoarseClock(kit.clock, 1), new Attention(() -> {})));
        index.learn(Kit.rules(rule("a", Mode.ENFORCE)));
        for (int i = 0; i < 1000; i++) {
            Resolved resolved = index.find(Kit.request("user-" + i));
            assertThat(resolved != null).isEqualTo(i < 500);
            if (resolved != null) {
                resolved.enforcing().get(0).markLeased();
            }
            assertThat(index.rememberedCount()).isLessThanOrEqualTo(100);
        }
        assertThat(index.pocketCount()).isEqualTo(500);
        Resolved first = index.find(Kit.request("user-1"));
        assertThat(index.find(Kit.request("user-1"))).isSameAs(first);
        if (first != null) {
            index.remove(first.enforcing().get(0));
        }
        assertThat(index.find(Kit.request("user-1"))).isNotSameAs(first).isNotNull();
    }

    /** As those of requests that another rule denies. */
    @Test
    void pocketsThatNeverGetALeaseMakeRoomForOthers() {
        LeaseSettings settings = new LeaseSettings(1, 4000, 80, 10, 1, 1, 1, 1, 1, 1, false, AdaptiveSizing.POLICY);
        PocketIndex index = new PocketIndex(
                settings,
                new CoarseClock(kit.clock, 1),
                slot -> 1,
                target -> new Pocket(target, new CoarseClock(kit.clock, 1), new Attention(() -> {})));
        index.learn(Kit.rules(rule("a", Mode.ENFORCE)));
        int leased = 0;
        Resolved first = index.find(Kit.request("user-0"));
        assertThat(first).isNotNull();
        for (int i = 1; i < 1000; i++) {
            Resolved resolved = index.find(Kit.request("user-" + i));
            if (resolved != null && i % 20 == 0) {
                resolved.enforcing().get(0).markLeased();
                leased++;
            }
            assertThat(index.pocketCount()).isLessThanOrEqualTo(leased + 10);
        }
        assertThat(leased).isEqualTo(49);
        assertThat(index.pocketCount()).isEqualTo(leased + 10);
        assertThat(first != null && first.current())
                .as("whoever still has it resolves again")
                .isFalse();
        assertThat(index.find(Kit.request("user-0"))).isNotNull();
    }

    @Test
    void requestKeysAreEqualIfNamespaceAndEntriesAre() {
        RequestKey key = Kit.request("42");
        assertThat(key).isEqualTo(Kit.request("42")).hasSameHashCodeAs(Kit.request("42"));
        assertThat(key).isNotEqualTo(Kit.request("43"));
        assertThat(key).isNotEqualTo(new RequestKey("other", key.descriptor()));
        assertThat(key).isNotEqualTo(new RequestKey(Kit.NAMESPACE, Descriptor.of("name", "42")));
        assertThat(key).isNotEqualTo(new RequestKey(Kit.NAMESPACE, Descriptor.of("user", "42", "ip", "1")));
    }
}
