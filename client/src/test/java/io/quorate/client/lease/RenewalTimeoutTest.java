package io.quorate.client.lease;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How long renewals wait: the settings' least on a fast link, as long as it takes on a slow one, never for ever. */
class RenewalTimeoutTest {
    private static final long MILLI = 1_000_000L;

    private final RenewalTimeout timeout = new RenewalTimeout(LeaseSettings.standard());

    @Test
    void onAFastLinkItIsTheLeast() {
        assertThat(timeout.nanos()).isEqualTo(500 * MILLI);
        timeout.answeredAfter(3 * MILLI);
        assertThat(timeout.nanos()).isEqualTo(500 * MILLI);
    }

    @Test
    void aLinkOf300MillisecondsEachWayIsFoundOutAndThenKnown() {
        int unanswered = 0;
        while (timeout.nanos() < 600 * MILLI) {
            timeout.unanswered();
            unanswered++;
        }
        assertThat(unanswered).isEqualTo(1);
        for (int i = 0; i < 100; i++) {
            timeout.answeredAfter((590 + 20 * (i % 2)) * MILLI);
            assertThat(timeout.nanos()).isGreaterThan(610 * MILLI);
        }
        assertThat(timeout.nanos()).as("but not much longer than it takes").isLessThan(700 * MILLI);
    }

    @Test
    void theFirstWaitsByWhatOtherRoundTripsTook() {
        timeout.expect(0);
        assertThat(timeout.nanos()).isEqualTo(500 * MILLI);
        timeout.expect(600 * MILLI);
        assertThat(timeout.nanos()).isEqualTo(1_800 * MILLI);
        timeout.answeredAfter(600 * MILLI);
        assertThat(timeout.nanos()).isEqualTo(1_800 * MILLI);
        timeout.expect(5_000 * MILLI);
        assertThat(timeout.nanos()).as("known by now").isEqualTo(1_800 * MILLI);
    }

    @Test
    void itIsBounded() {
        for (int i = 0; i < 100; i++) {
            timeout.unanswered();
        }
        assertThat(timeout.nanos()).isEqualTo(5_000 * MILLI);
        timeout.answeredAfter(60_000 * MILLI);
        assertThat(timeout.nanos()).isEqualTo(5_000 * MILLI);
        for (int i = 0; i < 200; i++) {
            timeout.answeredAfter(2 * MILLI);
        }
        assertThat(timeout.nanos()).isEqualTo(500 * MILLI);
    }
}
