package io.quorate.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.quorate.client.lease.FixedSizing;
import io.quorate.client.lease.LeaseSettings;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How scenarios of leases are run in virtual time, and judged. */
final class LeaseScenarioTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void everyScenarioHasSimulatedFiguresOfThePolicyAndOfABatch() {
        for (LeaseScenario scenario : LeaseScenario.ALL) {
            assertThat(SimulatedFigures.of(scenario.name(), "adaptive"))
                    .as(scenario.name())
                    .isPresent();
            assertThat(SimulatedFigures.of(scenario.name(), "100"))
                    .as(scenario.name())
                    .isPresent();
        }
        assertThat(SimulatedFigures.of("bursty-100", "adaptive"))
                .contains(new SimulatedFigures(0.978, 15, 99.7, 2.12, 1));
        assertThat(SimulatedFigures.of("waves-300", "10")).isEmpty();
        assertThatThrownBy(() -> LeaseScenario.named(List.of("loose-100", "lose-100")))
                .hasMessageContaining("loose-100, critical-100");
    }

    /** One token a second, a burst of two. The ideal bucket and the uses that were made disagree about denials. */
    @Test
    void denialsAreFalseOrEarlyByTheModelOfTheLimit() {
        LeaseScenario scenario = scenario(1, 2);
        LeaseTally tally = new LeaseTally(scenario, 0);
        tell(tally, 0, true);
        tell(tally, 0, false); // early: one of two was used
        tell(tally, 0, false); // early too, but the ideal bucket has given both of its tokens: not false
        tell(tally, SECOND, true);
        tell(tally, SECOND, true);
        tell(tally, SECOND, false); // neither: the level is 0 and two
        LeaseTally.Figures figures = tally.figures(1, 3, 0);
        assertThat(figures.checks()).isEqualTo(6);
        assertThat(figures.utilisation()).as("3 admitted of 3").isEqualTo(1);
        assertThat(figures.falselyDenied()).isZero();
        assertThat(figures.denied()).isEqualTo(0.5);
        assertThat(figures.earlyDenied()).isCloseTo(2 / 6.0, within(1e-9));
        assertThat(figures.requests()).isEqualTo(500);
        assertThat(figures.over()).isLessThanOrEqualTo(0);
    }

    @Test
    void whatTheIdealBucketAdmitsBeyondIsFalselyDenied() {
        LeaseTally tally = new LeaseTally(scenario(1, 2), 0);
        tell(tally, 0, false);
        tell(tally, 0, false);
        tell(tally, 0, false);
        assertThat(tally.figures(1, 0, 0).falselyDenied()).isCloseTo(2 / 3.0, within(1e-9));
    }

    @Test
    void tooManyUsesAreOverTheLimit() {
        LeaseTally tally = new LeaseTally(scenario(1, 2), 0);
        tell(tally, 0, true);
        tell(tally, 0, true);
        tell(tally, SECOND / 2, true);
        assertThat(tally.figures(1, 0, 0).over()).isCloseTo(0.5, within(1e-6));
    }

    /** The product's own leases and ledger, over a drawn network: the policy beats small batches. */
    @Test
    void aContendedCounterInVirtualTime() {
        LeaseScenario scenario = LeaseScenario.named(List.of("tight-10")).get(0);
        Limit limit = new Limit(Algorithm.GCRA, 7_000, 1_000, 7_000);
        Arrivals arrivals = Arrivals.draw(scenario, 6, 1);
        LeaseSettings standard = LeaseSettings.standard();
        LeaseTally.Figures adaptive =
                new VirtualScenarioRun(scenario, arrivals, new VirtualCounter(limit, true), standard, 1).measure(2);
        LeaseTally.Figures batches = new VirtualScenarioRun(
                        scenario, arrivals, new VirtualCounter(limit, false), standard.with(FixedSizing.of(10)), 1)
                .measure(2);
        LeaseTally.Figures again =
                new VirtualScenarioRun(scenario, arrivals, new VirtualCounter(limit, true), standard, 1).measure(2);
        assertThat(again).as("nothing but the seed decides").isEqualTo(adaptive);
        assertThat(adaptive.over()).isLessThanOrEqualTo(0);
        assertThat(batches.over()).isLessThanOrEqualTo(0);
        assertThat(adaptive.utilisation()).isBetween(0.95, 1.05);
        assertThat(batches.requests()).isGreaterThan(10 * adaptive.requests());
        assertThat(adaptive.local()).isGreaterThan(0.999);
        assertThat(adaptive.checks()).isGreaterThan(30_000);
    }

    private static void tell(LeaseTally tally, long atNanos, boolean granted) {
        tally.asked(0, atNanos, true);
        tally.answeredHere(0, granted, atNanos, true);
    }

    private static LeaseScenario scenario(double rate, double burst) {
        return new LeaseScenario(
                "made",
                1,
                rate,
                0,
                1,
                burst / rate,
                LeaseScenario.OnOff.ALWAYS,
                LeaseScenario.Flash.NONE,
                0,
                LeaseScenario.Goal.NONE);
    }
}
