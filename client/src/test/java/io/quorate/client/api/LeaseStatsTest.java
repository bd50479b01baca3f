package io.quorate.client.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import org.junit.jupiter.api.Test;

class LeaseStatsTest {
    private static final LeaseStats STATS = new LeaseStats(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17);

    @Test
    void everyNumberHasANameOfItsOwn() {
        assertThat(STATS.metrics()).hasSize(LeaseStats.class.getRecordComponents().length);
        assertThat(new LinkedHashSet<>(STATS.metrics().values()))
                .hasSize(STATS.metrics().size());
        assertThat(STATS.metrics())
                .containsEntry("local_granted_tokens_total", 1L)
                .containsEntry("lease_stranded_tokens_total", 15L)
                .containsEntry("leased_counters", 17L);
    }

    @Test
    void thePageHasATypeAndALineForEach() {
        assertThat(STATS.prometheusPage("a \"b\" \\").lines())
                .hasSize(2 * STATS.metrics().size())
                .contains("# TYPE quorate_client_local_granted_tokens_total counter")
                .contains("quorate_client_local_granted_tokens_total{client=\"a \\\"b\\\" \\\\\"} 1")
                .contains("# TYPE quorate_client_lease_held_tokens gauge")
                .contains("quorate_client_lease_held_tokens{client=\"a \\\"b\\\" \\\\\"} 16");
    }
}
