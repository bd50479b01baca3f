package io.quorate.chaos.substrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.quorate.client.api.QuorateAdmin.GroupInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cluster on loopback: who is cut off by the links of its proxies loses its leaderships, and comes back. */
@Timeout(240)
final class SubstrateIT {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void aNodeThatIsCutOffFromItsPeersLeadsNothing() {
        try (Substrate substrate = LocalSubstrate.onLoopback(ClusterPlan.of(directory, 3, 2))) {
            isolateLeader(substrate);
        }
    }

    @Test
    void aNodeThatIsCutOffFromItsPeersLeadsNothingInNamespacesToo() {
        assumeThat(LocalSubstrate.lacksNamespaces()).isEmpty();
        try (Substrate substrate = LocalSubstrate.inNamespaces(ClusterPlan.of(directory, 3, 2))) {
            for (Ability ability : Ability.values()) {
                System.out.println(ability + ": " + substrate.lacks(ability).orElse("yes"));
            }
            isolateLeader(substrate);
        }
    }

    private static void isolateLeader(Substrate substrate) {
        try (ClusterView view = ClusterView.open(substrate, LONG)) {
            view.awaitWhole(LONG);
            ChaosNode leader = view.awaitLeader(1, LONG);
            Map<Link, LinkState> links = new HashMap<>();
            for (ChaosNode other : substrate.nodes()) {
                if (!other.id().equals(leader.id())) {
                    links.put(new Link(leader.id(), other.id()), LinkState.BLOCKED);
                    links.put(new Link(other.id(), leader.id()), LinkState.BLOCKED);
                }
            }
            substrate.network().set(links);
            await().atMost(LONG).untilAsserted(() -> {
                List<GroupInfo> replicas = view.client().admin().group(1);
                assertThat(replicas).as("clients still reach all").hasSize(3);
                assertThat(replicas)
                        .filteredOn(g -> g.role().equals("leader"))
                        .singleElement()
                        .satisfies(g -> assertThat(g.node()).isNotEqualTo(leader.id()));
            });
            substrate.network().heal();
            view.awaitWhole(LONG);
        }
    }
}
