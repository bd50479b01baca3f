package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.client.api.QuorateAdmin.KeyDetails;
import io.quorate.client.api.QuorateAdmin.LeaseInfo;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseCommandsTest {
    private final FakeCluster cluster = new FakeCluster();
    private final CommandRun run = new CommandRun(cluster);

    @BeforeEach
    void aCounterThatTwoClientsHoldAndOneThatNobodyDoes() {
        cluster.keys.add(details(
                "42",
                List.of(
                        new LeaseInfo(
                                7,
                                "web-1",
                                3,
                                500,
                                380,
                                20,
                                100,
                                77,
                                Duration.ofMillis(3000),
                                Duration.ofMillis(2500),
                                812.4),
                        new LeaseInfo(
                                9, "", 1, 50, 0, 0, 50, 50, Duration.ofMillis(3000), Duration.ofMillis(700), 0))));
        cluster.keys.add(details("43", List.of()));
    }

    private static KeyDetails details(String client, List<LeaseInfo> leases) {
        long outstanding = leases.stream().mapToLong(LeaseInfo::outstanding).sum();
        return new KeyDetails(
                "shop",
                "per-client",
                List.of(client),
                2,
                1000,
                true,
                Limit.of(Algorithm.GCRA, 1000, 1000),
                400,
                450,
                Duration.ofSeconds(3),
                "tat 5",
                99,
                outstanding,
                Duration.ofMillis(420),
                leases);
    }

    @Test
    void listShowsEachHolderOfEachLeasedCounter() {
        assertThat(run.command("lease", "list", "shop")).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains("per-client", "42", "web-1", "812", "2s500ms", "session 9")
                .doesNotContain("43");
    }

    @Test
    void listAsJsonHasTheWholeLedger() throws IOException {
        assertThat(run.command("lease", "list", "shop", "--json")).isEqualTo(ExitCode.OK);
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(json.get("more").asBoolean()).isFalse();
        assertThat(json.get("keys")).hasSize(1);
        JsonNode lease = json.get("keys").get(0).get("leases").get(0);
        assertThat(lease.get("granted").asLong()).isEqualTo(500);
        assertThat(lease.get("spent").asLong()).isEqualTo(380);
        assertThat(lease.get("returned").asLong()).isEqualTo(20);
        assertThat(lease.get("outstanding").asLong()).isEqualTo(100);
        assertThat(lease.get("last_granted").asLong()).isEqualTo(77);
        assertThat(lease.get("last_valid_ms").asLong()).isEqualTo(3000);
        assertThat(lease.get("expires_in_ms").asLong()).isEqualTo(2500);
        assertThat(json.get("keys").get(0).get("lease_horizon_ms").asLong()).isEqualTo(420);
    }

    @Test
    void inspectShowsWhoHoldsTheCountersTokens() {
        assertThat(run.command("key", "inspect", "shop", "per-client", "42")).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains("150 tokens to 2 clients", "lease horizon", "420ms", "web-1", "500", "380", "77", "2s500ms");
    }

    @Test
    void recallTellsHowManyWereTold() {
        assertThat(run.command("lease", "recall", "shop", "per-client", "42")).isEqualTo(ExitCode.OK);
        assertThat(cluster.recalled).containsExactly("shop/per-client/42");
        assertThat(run.out()).contains("2 connections");
    }

    @Test
    void aLimitBelowOneIsRefused() {
        assertThat(run.command("lease", "list", "shop", "--limit", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--limit must be 1 or more");
    }
}
