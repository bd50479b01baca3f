package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.codec.v2.LogEntryV2CodecFactory;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import io.quorate.core.command.Applied;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.GroupStatus;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.placement.Member;
import io.quorate.raft.placement.Topology;
import io.quorate.storage.snapshot.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that lost a part of its data says so instead of going on, and one that lost all of it gets it anew. */
final class LostDataTest {
    private static final GroupId GROUP = new GroupId(1);

    @TempDir
    Path root;

    private static void awaitSameState(TestCluster cluster, NodeId node) {
        Awaitility.await().atMost(TestCluster.LONG).untilAsserted(() -> {
            GroupStatus leader = cluster.group(cluster.awaitLeader(1), 1).status();
            GroupStatus status = cluster.group(node, 1).status();
            assertThat(status.appliedIndex()).isEqualTo(leader.appliedIndex());
            assertThat(status.digest()).isEqualTo(leader.digest());
        });
    }

    /** What a loss of power leaves without fsync: the state is on disk, and the end of the log isn't. */
    @Test
    void aStateAheadOfItsLogIsRefused() {
        try (TestCluster cluster = new TestCluster(root, 1, s -> s)) {
            cluster.startAll();
            TestClient client = new TestClient(cluster, 1);
            for (int i = 0; i < 20; i++) {
                client.acquire();
            }
            NodeId node = cluster.follower(1);
            awaitSameState(cluster, node);
            long applied = cluster.group(node, 1).status().appliedIndex();
            cluster.stop(node);
            try (SharedLog log = SharedLog.open(root.resolve(node + "/log"), true, null)) {
                GroupLog ofGroup = new GroupLog(log, GROUP, 1000, false, cause -> {});
                LogStorageOptions options = new LogStorageOptions();
                options.setConfigurationManager(new ConfigurationManager());
                options.setLogEntryCodecFactory(LogEntryV2CodecFactory.getInstance());
                assertThat(ofGroup.init(options)).isTrue();
                assertThat(ofGroup.truncateSuffix(applied - 5)).isTrue();
            }
            assertThatThrownBy(() -> cluster.start(node))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("group g1 can't start: its state has entry " + applied + " applied")
                    .hasMessageContaining("its log ends at entry " + (applied - 5))
                    .hasMessageContaining("remove everything in " + root.resolve(node.value()));
        }
    }

    @Test
    void aLostLogIsRefused() throws IOException {
        try (TestCluster cluster = new TestCluster(root, 1, s -> s)) {
            cluster.startAll();
            new TestClient(cluster, 1).acquire();
            NodeId node = cluster.follower(1);
            cluster.stop(node);
            DurableFiles.deleteTree(root.resolve(node + "/log"));
            assertThatThrownBy(() -> cluster.start(node))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has the groups' state but no log")
                    .hasMessageContaining("remove everything in " + root.resolve(node.value()));
        }
    }

    @Test
    void aLostStateIsInstalledAnewOrRefused() throws IOException {
        try (TestCluster cluster = new TestCluster(root, 1, s -> TestSettings.withSnapshots(s, 1, 20))) {
            cluster.startAll();
            TestClient client = new TestClient(cluster, 1);
            acquireFor(client, 4);
            NodeId node = cluster.follower(1);
            awaitSameState(cluster, node);
            cluster.stop(node);
            DurableFiles.deleteTree(root.resolve(node + "/groups/g1/state"));
            cluster.start(node);
            awaitSameState(cluster, node);
            cluster.stop(node);
            DurableFiles.deleteTree(root.resolve(node + "/groups/g1"));
            assertThatThrownBy(() -> cluster.start(node))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("group g1 can't start: its log begins at entry")
                    .hasMessageContaining("the snapshot was lost");
        }
    }

    /** The remedy that the messages name. */
    @Test
    void anEmptiedNodeGetsEverythingFromTheLeader() throws IOException {
        try (TestCluster cluster = new TestCluster(root, 1, s -> TestSettings.withSnapshots(s, 1, 20))) {
            cluster.startAll();
            TestClient client = new TestClient(cluster, 1);
            acquireFor(client, 4);
            NodeId node = cluster.follower(1);
            NodeId leader = cluster.awaitLeader(1);
            cluster.stop(node);
            DurableFiles.deleteTree(root.resolve(node.value()));
            Applied last = client.acquire();
            cluster.start(node);
            awaitSameState(cluster, node);
            assertThat(cluster.group(node, 1).status().appliedIndex()).isGreaterThanOrEqualTo(last.index());
            Awaitility.await("it votes again, under the same leader and with nothing written meanwhile")
                    .atMost(TestCluster.LONG)
                    .until(() -> !cluster.node(node).isNewcomer(GROUP));
            assertThat(cluster.awaitLeader(1)).isEqualTo(leader);
            cluster.stop(node);
            cluster.start(node);
            client.acquire();
            awaitSameState(cluster, node);
            cluster.assertNothingFatal();
        }
    }

    /** It may have voted, and acknowledged entries, and remembers neither: it makes no majority with one other. */
    @Test
    void anEmptiedNodeIsNotCountedBeforeItHasHeardFromAllOthers() throws IOException {
        try (TestCluster cluster = new TestCluster(root, 1, s -> s)) {
            cluster.startAll();
            TestClient client = new TestClient(cluster, 1);
            Applied before = client.acquire();
            NodeId emptied = cluster.follower(1);
            cluster.stop(emptied);
            client.acquire();
            DurableFiles.deleteTree(root.resolve(emptied.value()));
            NodeId away = cluster.follower(1);
            NodeId alone = cluster.awaitLeader(1);
            cluster.stop(away);
            cluster.start(emptied);
            Awaitility.await()
                    .atMost(TestCluster.LONG)
                    .until(() -> cluster.leaderNow(1).isEmpty());
            Awaitility.await()
                    .during(Duration.ofSeconds(4))
                    .atMost(TestCluster.LONG)
                    .until(() -> cluster.leaderNow(1).isEmpty()
                            && cluster.group(emptied, 1).status().appliedIndex() == 0);

            cluster.start(away);
            Applied after = client.acquire();
            assertThat(TestClient.remaining(after)).isEqualTo(TestClient.remaining(before) - 2);
            awaitSameState(cluster, emptied);
            // By now it has a leader's word; with the longest-lived of the others gone it decides with the other.
            client.acquire();
            awaitSameState(cluster, emptied);
            Awaitility.await()
                    .atMost(TestCluster.LONG)
                    .until(() -> !cluster.node(emptied).isNewcomer(GROUP));
            cluster.stop(alone);
            assertThat(TestClient.remaining(client.acquire())).isEqualTo(TestClient.remaining(after) - 2);
            cluster.assertNothingFatal();
        }
    }

    @Test
    void otherAddressesThanTheGroupWasMadeWithAreRefused() {
        try (TestCluster cluster = new TestCluster(root, 1, s -> s);
                TestCluster moved = new TestCluster(root, 1, s -> s)) {
            cluster.startAll();
            new TestClient(cluster, 1).acquire();
            NodeId node = cluster.follower(1);
            RaftSettings settings = cluster.settings(node);
            Topology here = settings.topology();
            cluster.stop(node);
            List<Member> members = moved.settings(node).topology().members();
            RaftSettings elsewhere = RaftSettings.of(
                    node,
                    new Topology(here.clusterId(), here.epoch(), here.dataGroups(), members),
                    settings.dataDirectory());
            assertThatThrownBy(() -> RaftNode.start(elsewhere, version -> {}, cause -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Raft addresses of its members are")
                    .hasMessageContaining(here.members().get(0).raftAddress())
                    .hasMessageContaining("but those configured are")
                    .hasMessageContaining(members.get(0).raftAddress());
            cluster.start(node);
            awaitSameState(cluster, node);
        }
    }

    /** Long enough for two snapshots, which cut the log. */
    private static void acquireFor(TestClient client, int seconds) {
        long enough = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        int count = 0;
        while (System.nanoTime() < enough || count < 200) {
            client.acquire();
            count++;
        }
    }
}
