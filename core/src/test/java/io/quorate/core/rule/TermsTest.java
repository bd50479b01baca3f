package io.quorate.core.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bounds of what a rule says about clients. */
final class TermsTest {
    private static final Limit BURST_20 = new Limit(Algorithm.GCRA, 60, 60_000, 20);

    @Test
    void aRuleHasTheDefaultsUnlessItSaysOtherwise() {
        Rule rule = new Rule("a", List.of(), BURST_20, Mode.ENFORCE);
        assertThat(rule.leaseTerms()).isEqualTo(new LeaseTerms(true, 0, 0));
        assertThat(rule.failureTerms().denies()).isTrue();
        assertThat(new FailureTerms(1, 1).denies()).isFalse();
    }

    @Test
    void aClientHoldsAtMostTheCapacity() {
        assertThatCode(() -> rule(new LeaseTerms(true, 20, 0))).doesNotThrowAnyException();
        assertThatThrownBy(() -> rule(new LeaseTerms(true, 21, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lease max must be 1 to the limit's capacity of 20, not 21");
    }

    @Test
    void leasesHaveBounds() {
        for (long ttlMillis : new long[] {0, 100, 60_000}) {
            assertThatCode(() -> new LeaseTerms(true, Limit.AMOUNT_MAX, ttlMillis))
                    .doesNotThrowAnyException();
        }
        for (long ttlMillis : new long[] {-1, 1, 99, 60_001, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> new LeaseTerms(true, 0, ttlMillis))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("lease ttl must be 100 ms to 60000 ms, not " + ttlMillis + " ms");
        }
        for (long tokensMax : new long[] {-1, Limit.AMOUNT_MAX + 1}) {
            assertThatThrownBy(() -> new LeaseTerms(true, tokensMax, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("lease max must be 1 to 1000000000000, not " + tokensMax);
        }
        assertThatThrownBy(() -> new LeaseTerms(false, 5, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LeaseTerms(false, 0, 100)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void failureTermsHaveBounds() {
        assertThatCode(() -> new FailureTerms(Limit.AMOUNT_MAX, Limit.PERIOD_MILLIS_MAX))
                .doesNotThrowAnyException();
        for (long amount : new long[] {-1, 0, Limit.AMOUNT_MAX + 1}) {
            assertThatThrownBy(() -> new FailureTerms(amount, 1000))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("on-unavailable allow must be 1 to 1000000000000, not " + amount);
        }
        for (long periodMillis : new long[] {-1, 0, Limit.PERIOD_MILLIS_MAX + 1}) {
            assertThatThrownBy(() -> new FailureTerms(5, periodMillis))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("on-unavailable period must be 1 ms to ");
        }
    }

    private static Rule rule(LeaseTerms lease) {
        return new Rule("a", List.of(), BURST_20, Mode.ENFORCE, lease, FailureTerms.DENY);
    }
}
