package io.quorate.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.RandomRules;
import io.quorate.core.testing.Tries;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Entry;
import io.quorate.protocol.v1.Rule;
import io.quorate.protocol.v1.Rules;
import java.util.List;
import org.junit.jupiter.api.Test;

class RuleMessagesTest {
    private static final io.quorate.protocol.v1.Limit LIMIT = io.quorate.protocol.v1.Limit.newBuilder()
            .setAlgorithm("gcra")
            .setAmount(60)
            .setPeriodMillis(60_000)
            .setBurst(20)
            .build();

    @Test
    void everyAlgorithmsLimitComesBackAsItWas() {
        for (Algorithm algorithm : Algorithm.values()) {
            Limit limit = Limit.of(algorithm, 60, 1000);
            assertThat(RuleMessages.limit(RuleMessages.toMessage(limit))).isEqualTo(limit);
        }
    }

    @Test
    void burstZeroStandsForTheAmount() {
        assertThat(RuleMessages.limit(LIMIT.toBuilder().setBurst(0).build()))
                .isEqualTo(new Limit(Algorithm.GCRA, 60, 60_000, 60));
    }

    @Test
    void anUnknownAlgorithmIsNamedWithThoseThatAre() {
        assertThatThrownBy(() -> RuleMessages.limit(
                        LIMIT.toBuilder().setAlgorithm("leaky\n").build()))
                .hasMessage("algorithm must be one of token-bucket, gcra, fixed-window, sliding-window, sliding-log,"
                        + " concurrency, not 'leaky?'");
    }

    @Test
    void anErrorInARuleNamesNamespaceAndRule() {
        Rules.Put put = Rules.Put.newBuilder()
                .setNamespace("shop")
                .addRules(Rule.newBuilder().setId("per-client"))
                .build();
        assertThatThrownBy(() -> RuleMessages.ruleSet(put))
                .hasMessage("namespace 'shop': rule 'per-client': limit is missing");
    }

    @Test
    void anErrorInALimitNamesTheBound() {
        Rules.Put put = Rules.Put.newBuilder()
                .setNamespace("shop")
                .addRules(
                        Rule.newBuilder().setId("r").setLimit(LIMIT.toBuilder().setPeriodMillis(-1)))
                .build();
        assertThatThrownBy(() -> RuleMessages.ruleSet(put))
                .hasMessageStartingWith("namespace 'shop': rule 'r': period must be 1 ms to ");
    }

    @Test
    void termsComeBackAsTheyWere() {
        Limit limit = Limit.of(Algorithm.GCRA, 60, 1000);
        for (LeaseTerms lease : List.of(
                LeaseTerms.DEFAULT,
                LeaseTerms.OFF,
                new LeaseTerms(true, 60, 0),
                new LeaseTerms(true, 0, 60_000),
                new LeaseTerms(true, 7, 100))) {
            for (FailureTerms failure : List.of(FailureTerms.DENY, new FailureTerms(50, 900))) {
                io.quorate.core.rule.Rule rule =
                        new io.quorate.core.rule.Rule("r", List.of(), limit, Mode.SHADOW, lease, failure);
                Rule message = RuleMessages.toMessage(rule);
                assertThat(RuleMessages.rule(message)).isEqualTo(rule);
                assertThat(message.hasLease()).isEqualTo(!lease.equals(LeaseTerms.DEFAULT));
                assertThat(message.hasOnUnavailable()).isEqualTo(!failure.denies());
            }
        }
    }

    @Test
    void rulesOfAllKindsComeBackAsTheyWere() {
        Tries.run("RuleMessages", 3000, random -> {
            io.quorate.core.rule.Rule rule = RandomRules.rule("r0", 5, random);
            assertThat(RuleMessages.rule(RuleMessages.toMessage(rule))).isEqualTo(rule);
        });
    }

    @Test
    void aRuleOfBeforeThereWereTermsHasTheDefaults() {
        io.quorate.core.rule.Rule rule = RuleMessages.rule(
                Rule.newBuilder().setId("r").setLimit(LIMIT).setMode("enforce").build());
        assertThat(rule.leaseTerms()).isEqualTo(LeaseTerms.DEFAULT);
        assertThat(rule.failureTerms()).isEqualTo(FailureTerms.DENY);
    }

    @Test
    void anErrorInTermsNamesTheBound() {
        Rule.Builder rule = Rule.newBuilder().setId("r").setLimit(LIMIT);
        assertThatThrownBy(() -> RuleMessages.rule(rule.clone()
                        .setLease(io.quorate.protocol.v1.LeaseTerms.newBuilder().setMax(21))
                        .build()))
                .hasMessage("rule 'r': lease max must be 1 to the limit's capacity of 20, not 21");
        assertThatThrownBy(() -> RuleMessages.rule(rule.clone()
                        .setLease(io.quorate.protocol.v1.LeaseTerms.newBuilder().setTtlMillis(-1))
                        .build()))
                .hasMessage("rule 'r': lease ttl must be 100 ms to 60000 ms, not -1 ms");
        assertThatThrownBy(() -> RuleMessages.rule(rule.clone()
                        .setOnUnavailable(
                                io.quorate.protocol.v1.FailureTerms.newBuilder().setAllow(5))
                        .build()))
                .hasMessageStartingWith("rule 'r': on-unavailable period must be 1 ms to ");
    }

    @Test
    void descriptorsComeBackAsTheyWere() {
        Descriptor descriptor = Descriptor.of("client", "42", "endpoint", "/v1/pay");
        assertThat(RuleMessages.descriptor(RuleMessages.toMessages(descriptor))).isEqualTo(descriptor);
        assertThat(RuleMessages.descriptor(List.of())).isEqualTo(Descriptor.of());
    }

    @Test
    void aDescriptorWithTooManyEntriesIsRefused() {
        List<Entry> entries = java.util.Collections.nCopies(
                17, Entry.newBuilder().setName("a").setValue("b").build());
        assertThatThrownBy(() -> RuleMessages.descriptor(entries))
                .hasMessage("a request has at most 16 entries, not 17");
    }

    @Test
    void everyCodeSaysWhetherTheRequestMayHaveBeenExecuted() {
        for (Code code : Code.values()) {
            boolean open = code.name().startsWith("UNKNOWN")
                    || code == Code.LEASE_UNKNOWN
                    || code == Code.CODE_UNSPECIFIED
                    || code == Code.UNRECOGNIZED;
            assertThat(Failures.maybeExecuted(code)).as(code.name()).isEqualTo(open);
        }
    }
}
