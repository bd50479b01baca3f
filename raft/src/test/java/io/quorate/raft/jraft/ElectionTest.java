package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.raft.group.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ElectionTest {
    @TempDir
    Path root;

    @Test
    void everyGroupElectsOneLeaderAndAllAgreeOnIt() {
        try (TestCluster cluster = new TestCluster(root, 3, s -> s)) {
            cluster.startAll();
            for (int group = 0; group <= 3; group++) {
                int id = group;
                NodeId leader = cluster.awaitLeader(group);
                for (NodeId node : cluster.ids()) {
                    Awaitility.await().atMost(TestCluster.LONG).untilAsserted(() -> {
                        assertThat(cluster.group(node, id).leader()).contains(leader);
                        assertThat(cluster.group(node, id).isLeader()).isEqualTo(node.equals(leader));
                        assertThat(cluster.group(node, id).status().members()).isEqualTo(cluster.ids());
                    });
                }
            }
            cluster.assertNothingFatal();
        }
    }

    @Test
    void leadershipIsHandedOverOnRequestAndOnLeaving() {
        try (TestCluster cluster = new TestCluster(root, 2, s -> s)) {
            cluster.startAll();
            NodeId leader = cluster.awaitLeader(1);
            NodeId other = cluster.follower(1);
            assertThat(cluster.group(other, 1).transferLeadership(leader)).isPresent();
            assertThat(cluster.group(leader, 1)
                            .transferLeadership(new NodeId("n9"))
                            .orElse(""))
                    .contains("n9");
            Awaitility.await().atMost(TestCluster.LONG).untilAsserted(() -> {
                cluster.leaderNow(1).ifPresent(now -> cluster.group(now, 1).transferLeadership(other));
                assertThat(cluster.leaderNow(1)).contains(other);
            });
            cluster.node(other).handOver(Duration.ofSeconds(20));
            assertThat(cluster.group(other, 1).isLeader()).isFalse();
        }
    }
}
