package io.quorate.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.Descriptor;
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
            boolean open =
                    code.name().startsWith("UNKNOWN") || code == Code.CODE_UNSPECIFIED || code == Code.UNRECOGNIZED;
            assertThat(Failures.maybeExecuted(code)).as(code.name()).isEqualTo(open);
        }
    }
}
