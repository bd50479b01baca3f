package io.quorate.chaos.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.cli.embedded.EmbeddedCluster;
import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.LeaseStats;
import io.quorate.client.api.Limiter;
import io.quorate.client.api.QuorateAdmin;
import io.quorate.client.api.QuorateAdmin.KeyDetails;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.Result;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What clients may rely on: spent here, reported there, returned, fenced, recalled, and what is left without a
 * cluster.
 */
@Timeout(180)
class LeaseEndToEndTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Limit PLENTY = Limit.of(Algorithm.TOKEN_BUCKET, 20_000, 1_000);

    @TempDir
    private Path folder;

    private EmbeddedCluster cluster;
    private QuorateClient other;

    @BeforeEach
    void start() {
        cluster = EmbeddedCluster.start(EmbeddedCluster.Shape.of(folder).withDataGroups(1));
        cluster.awaitLeaders(PATIENCE);
        other = client("other", false);
    }

    @AfterEach
    void stop() {
        other.close();
        cluster.close();
    }

    private QuorateClient client(String name, boolean leases) {
        return QuorateClient.builder()
                .endpoints(cluster.endpoints().toArray(String[]::new))
                .name(name)
                .requestTimeout(Duration.ofSeconds(20))
                .leases(leases)
                .build();
    }

    private void apply(Rule... rules) {
        other.admin().applyRules(new RuleSet("shop", Optional.empty(), List.of(rules)), OptionalLong.empty());
    }

    private static Rule all(String id, Limit limit) {
        return new Rule(id, List.of(), limit, Mode.ENFORCE);
    }

    private KeyDetails inspect(String rule, String... values) {
        return other.admin().key("shop", rule, List.of(values));
    }

    private static void useUntilLeased(Limiter limiter) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> {
            Result result = limiter.tryAcquire();
            return result instanceof Result.Granted granted && granted.source() == Result.Source.LEASE;
        });
    }

    @Test
    void aHotKeyIsSpentHereShownInItsLedgerAndReturnedWhenTheClientCloses() {
        apply(all("all", PLENTY));
        long granted = 0;
        try (QuorateClient client = client("hot", true)) {
            Limiter limiter = client.limiter(AcquireRequest.of("shop", "client", "1"));
            useUntilLeased(limiter);
            for (int i = 0; i < 5_000; i++) {
                granted += limiter.tryAcquire().granted() ? 1 : 0;
            }
            assertThat(granted).isEqualTo(5_000);
            KeyDetails details = inspect("all");
            assertThat(details.outstanding()).isPositive();
            assertThat(details.leases()).hasSize(1);
            QuorateAdmin.LeaseInfo lease = details.leases().get(0);
            assertThat(lease.client()).isEqualTo("hot");
            assertThat(lease.granted() - lease.spent() - lease.returned()).isEqualTo(lease.outstanding());
            assertThat(lease.expiresIn()).isPositive();
            LeaseStats stats = client.leaseStats();
            assertThat(stats.localGranted()).isGreaterThan(4_000);
            assertThat(stats.renewals()).isBetween(1L, 500L);
            assertThat(stats.held()).isPositive();
            assertThat(other.admin()
                            .leasedKeys("shop", Optional.empty(), "", 10)
                            .keys())
                    .hasSize(1);
        }
        await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> {
            assertThat(inspect("all").outstanding()).isZero();
            assertThat(other.admin()
                            .leasedKeys("shop", Optional.empty(), "", 10)
                            .keys())
                    .isEmpty();
        });
    }

    @Test
    void severalLimitsAreSpentTogetherOrNotAtAll() {
        Limit fifty = Limit.of(Algorithm.FIXED_WINDOW, 50, 3_600_000);
        apply(
                new Rule("per-client", List.of(new EntryMatch("client", new Pattern.Any())), fifty, Mode.ENFORCE),
                all("all", Limit.of(Algorithm.FIXED_WINDOW, 1_000_000, 3_600_000)));
        try (QuorateClient client = client("several", true)) {
            long granted = 0;
            Limiter one = client.limiter(AcquireRequest.of("shop", "client", "1"));
            for (int i = 0; i < 500; i++) {
                granted += one.tryAcquire().granted() ? 1 : 0;
            }
            assertThat(granted).isEqualTo(50);
            Result denied = one.tryAcquire();
            assertThat(denied).isInstanceOf(Result.Denied.class);
            assertThat(((Result.Denied) denied).rule().rule()).isEqualTo("per-client");
        }
        await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> {
            assertThat(inspect("per-client", "1").used()).isEqualTo(50);
            assertThat(inspect("all").outstanding()).isZero();
            assertThat(inspect("all").used())
                    .as("what was denied by one limit is charged to none")
                    .isEqualTo(50);
        });
    }

    @Test
    void aChangeOfRulesReachesAHolderByPushAndItsTokensComeBack() {
        apply(all("all", PLENTY));
        try (QuorateClient client = client("holder", true)) {
            Limiter limiter = client.limiter(AcquireRequest.of("shop", "client", "1"));
            useUntilLeased(limiter);
            for (int i = 0; i < 2_000; i++) {
                limiter.tryAcquire();
            }
            apply(all("all", Limit.of(Algorithm.TOKEN_BUCKET, 1, 3_600_000)));
            await().atMost(Duration.ofSeconds(5))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> limiter.tryAcquire() instanceof Result.Denied);
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(
                            () -> assertThat(inspect("all").outstanding()).isZero());
            apply(new Rule("all", List.of(), PLENTY, Mode.ENFORCE, LeaseTerms.OFF, FailureTerms.DENY));
            await().atMost(Duration.ofSeconds(5))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> {
                        Result result = limiter.tryAcquire();
                        return result instanceof Result.Granted granted && granted.source() == Result.Source.LEADER;
                    });
        }
    }

    @Test
    void aRecallBringsBackWhatAHolderDoesNotNeed() {
        apply(all("all", PLENTY));
        try (QuorateClient client = client("holder", true)) {
            Limiter limiter = client.limiter(AcquireRequest.of("shop", "client", "1"));
            useUntilLeased(limiter);
            for (int i = 0; i < 5_000; i++) {
                limiter.tryAcquire();
            }
            assertThat(inspect("all").outstanding()).isPositive();
            assertThat(other.admin().recallLeases("shop", "all", List.of())).isPositive();
            await().atMost(Duration.ofSeconds(2))
                    .untilAsserted(
                            () -> assertThat(inspect("all").outstanding()).isZero());
        }
    }

    @Test
    void aLeaseOutlivesItsLeaderAndThenTheWholeClusterAndThenTheRuleDecides() {
        FailureTerms some = new FailureTerms(3, 3_600_000);
        apply(new Rule("all", List.of(), PLENTY, Mode.ENFORCE, new LeaseTerms(true, 10_000, 3_000), some));
        try (QuorateClient client = client("holder", true)) {
            Limiter limiter = client.limiter(AcquireRequest.of("shop", "client", "1"));
            useUntilLeased(limiter);
            for (int i = 0; i < 5_000; i++) {
                limiter.tryAcquire();
            }
            assertThat(client.leaseStats().held()).isPositive();
            for (String node : List.of("n1", "n2", "n3")) {
                cluster.kill(node);
            }
            Result first = limiter.tryAcquire();
            assertThat(first).isInstanceOf(Result.Granted.class);
            assertThat(((Result.Granted) first).source())
                    .as("the lease goes on to its end")
                    .isEqualTo(Result.Source.LEASE);
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
                Result result = limiter.tryAcquire();
                return result instanceof Result.Denied denied && denied.source() == Result.Source.FALLBACK;
            });
            assertThat(client.leaseStats().fallbackAllowed())
                    .as("each client may allow so much on its own")
                    .isEqualTo(3);
            for (String node : List.of("n1", "n2", "n3")) {
                cluster.start(node);
            }
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
                Result result = limiter.tryAcquire();
                return result instanceof Result.Granted granted && granted.source() == Result.Source.LEASE;
            });
        }
    }
}
