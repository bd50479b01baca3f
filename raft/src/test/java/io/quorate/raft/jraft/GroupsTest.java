package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.command.Applied;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.Failure;
import io.quorate.raft.group.GroupStatus;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.group.Submission;
import io.quorate.raft.jraft.SharedLog.Kind;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.api.StoreException;
import io.quorate.storage.memory.MemoryStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.WriteBatch;

final class GroupsTest {
    private static final long HOUR_MILLIS = 3_600_000;

    @TempDir
    Path root;

    /** A linearizable read of the number of the last entry applied and the log time. */
    private record Seen(long appliedIndex, long logTimeMillis) {}

    private static CompletableFuture<Seen> read(ReplicatedGroup group) {
        CompletableFuture<Seen> result = new CompletableFuture<>();
        group.read(
                (view, nowMillis) -> new Seen(view.header().appliedIndex(), nowMillis),
                result::complete,
                failure -> result.completeExceptionally(new IllegalStateException(failure.toString())));
        return result;
    }

    private static void awaitSameState(TestCluster cluster, int group) {
        Awaitility.await().atMost(TestCluster.LONG).untilAsserted(() -> {
            GroupStatus leader =
                    cluster.group(cluster.awaitLeader(group), group).status();
            for (NodeId node : cluster.ids()) {
                GroupStatus status = cluster.group(node, group).status();
                assertThat(status.appliedIndex()).isEqualTo(leader.appliedIndex());
                assertThat(status.digest()).isEqualTo(leader.digest());
                assertThat(status.counters()).isEqualTo(leader.counters());
            }
        });
    }

    @Test
    void answersReadsAndRedirects() throws Exception {
        try (TestCluster cluster = new TestCluster(root, 2, s -> s)) {
            cluster.startAll();
            TestClient client = new TestClient(cluster, 1);
            Applied first = client.acquire();
            assertThat(TestClient.remaining(first)).isEqualTo(TestClient.BUDGET - 1);
            Applied second = client.acquire();
            assertThat(TestClient.remaining(second)).isEqualTo(TestClient.BUDGET - 2);
            assertThat(client.repeat()).isEqualTo(second);

            NodeId leader = cluster.awaitLeader(1);
            Seen seen = read(cluster.group(leader, 1)).get(20, TimeUnit.SECONDS);
            assertThat(seen.appliedIndex()).isGreaterThanOrEqualTo(second.index());
            assertThat(seen.logTimeMillis()).isGreaterThanOrEqualTo(second.logTimeMillis());

            NodeId follower = cluster.follower(1);
            Awaitility.await()
                    .atMost(TestCluster.LONG)
                    .untilAsserted(() -> assertThat(TestClient.submit(cluster.group(follower, 1), client.again())
                                    .failure())
                            .contains(new Failure.NotLeader(cluster.leaderNow(1))));
            assertThat(read(cluster.group(follower, 1))).isCompletedExceptionally();
            assertThat(cluster.group(follower, 1).<Long>readLocal((view, now) -> now))
                    .isPositive();
            awaitSameState(cluster, 1);
            GroupStatus status = cluster.group(leader, 1).status();
            assertThat(status.role()).isEqualTo("leader");
            assertThat(status.leader()).contains(leader);
            assertThat(status.term()).isPositive();
            assertThat(status.committedIndex()).isGreaterThanOrEqualTo(status.appliedIndex());
            assertThat(status.sessions()).isEqualTo(1);
            assertThat(status.counters()).isEqualTo(1);
            cluster.assertNothingFatal();
        }
    }

    @Test
    void keepsEverythingOverARestartOfAllNodes() {
        try (TestCluster cluster = new TestCluster(root, 1, s -> s)) {
            cluster.startAll();
            TestClient client = new TestClient(cluster, 1);
            Applied last = client.acquire();
            for (int i = 0; i < 20; i++) {
                last = client.acquire();
            }
            cluster.ids().forEach(cluster::stop);
            cluster.startAll();
            assertThat(client.repeat()).as("a repeat gets the first answer").isEqualTo(last);
            assertThat(TestClient.remaining(client.acquire())).isEqualTo(TestClient.remaining(last) - 1);
            awaitSameState(cluster, 1);
            cluster.assertNothingFatal();
        }
    }

    /** Several clients go on through the loss of the leader; every acknowledged acquire counts, and counts once. */
    @Test
    void losesAndRepeatsNothingWhenTheLeaderCrashes() throws Exception {
        int clients = 4;
        int acquires = 50;
        try (TestCluster cluster = new TestCluster(root, 1, s -> s)) {
            cluster.startAll();
            NodeId leader = cluster.awaitLeader(1);
            AtomicInteger done = new AtomicInteger();
            ExecutorService threads = Executors.newFixedThreadPool(clients);
            List<Future<Long>> lows = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                lows.add(threads.submit(() -> {
                    TestClient client = new TestClient(cluster, 1);
                    long low = TestClient.BUDGET;
                    for (int j = 0; j < acquires; j++) {
                        low = Math.min(low, TestClient.remaining(client.acquire()));
                        done.incrementAndGet();
                    }
                    return low;
                }));
            }
            Awaitility.await().atMost(TestCluster.LONG).until(() -> done.get() > acquires);
            cluster.crash(leader);
            long low = TestClient.BUDGET;
            for (Future<Long> each : lows) {
                low = Math.min(low, each.get(60, TimeUnit.SECONDS));
            }
            threads.shutdown();
            assertThat(low).isEqualTo(TestClient.BUDGET - (long) clients * acquires);
            cluster.start(leader);
            awaitSameState(cluster, 1);
            cluster.assertNothingFatal();
        }
    }

    @Test
    void aFollowerThatIsFarBehindGetsASnapshot() {
        try (TestCluster cluster = new TestCluster(root, 1, s -> TestSettings.withSnapshots(s, 1, 20))) {
            cluster.startAll();
            TestClient client = new TestClient(cluster, 1);
            client.acquire();
            NodeId follower = cluster.follower(1);
            cluster.stop(follower);
            // Two snapshots cut the log: JRaft keeps what is after the one before the last.
            int missed = 0;
            long enough = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
            while (System.nanoTime() < enough || missed < 200) {
                client.acquire();
                missed++;
            }
            cluster.start(follower);
            awaitSameState(cluster, 1);
            JRaftGroup late = (JRaftGroup) cluster.group(follower, 1);
            assertThat(late.core().counters().entriesApplied())
                    .as("entries applied one by one; the others came with the snapshot")
                    .isLessThan(missed);
            assertThat(late.core().header().appliedIndex()).isGreaterThan(missed);
            client.acquire();
            // A restart goes on from the snapshot and the log after it.
            cluster.stop(follower);
            cluster.start(follower);
            awaitSameState(cluster, 1);
            cluster.assertNothingFatal();
        }
    }

    @Test
    void aWallClockThatJumpsMovesLogTimeByNothing() {
        try (TestCluster cluster = new TestCluster(root, 1, s -> s)) {
            cluster.startAll();
            TestClient client = new TestClient(cluster, 1);
            long startNanos = System.nanoTime();
            long start = client.acquire().logTimeMillis();
            long last = start;
            // The leader's own clock, forth and back; then leaders whose clocks are hours off.
            for (long jump : new long[] {HOUR_MILLIS, -3 * HOUR_MILLIS, 2 * HOUR_MILLIS}) {
                NodeId leader = cluster.awaitLeader(1);
                cluster.jumpWallClock(leader, jump);
                last = assertNext(client, last);
                NodeId next = cluster.follower(1);
                cluster.jumpWallClock(next, jump * 2);
                Awaitility.await().atMost(TestCluster.LONG).until(() -> {
                    cluster.leaderNow(1).ifPresent(now -> cluster.group(now, 1).transferLeadership(next));
                    return cluster.leaderNow(1).equals(java.util.Optional.of(next));
                });
                last = assertNext(client, last);
            }
            long elapsedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
            // Log time runs 0.05 % faster at most, and never by a jump's part.
            assertThat(last - start).isBetween(0L, elapsedMillis + elapsedMillis / 1000 + 10);
            cluster.assertNothingFatal();
        }
    }

    /** All stop, the wall clocks are set meanwhile, and all start again. */
    @Test
    void wallClocksThatAreSetWhileAllAreDownMoveLogTimeByNothing() {
        try (TestCluster cluster = new TestCluster(root, 1, s -> s)) {
            cluster.startAll();
            TestClient client = new TestClient(cluster, 1);
            client.acquire();
            long startNanos = System.nanoTime();
            for (NodeId node : cluster.ids()) {
                Awaitility.await()
                        .atMost(TestCluster.LONG)
                        .until(() -> Files.exists(root.resolve(node.value()).resolve("groups/g1/clock")));
            }
            long last = client.acquire().logTimeMillis();
            for (long jump : new long[] {HOUR_MILLIS, -2 * HOUR_MILLIS}) {
                cluster.ids().forEach(cluster::stop);
                cluster.ids().forEach(node -> cluster.jumpWallClock(node, jump));
                cluster.startAll();
                long next = assertNext(client, last);
                long mostMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
                assertThat(next - last).isBetween(0L, mostMillis + mostMillis / 1000 + 10);
                last = next;
            }
            cluster.assertNothingFatal();
        }
    }

    private static long assertNext(TestClient client, long last) {
        long next = client.acquire().logTimeMillis();
        assertThat(next).isGreaterThanOrEqualTo(last);
        return next;
    }

    /** A store that does as another does, but before each commit something else. */
    private static StateStore beforeCommit(Runnable something) {
        StateStore store = new MemoryStore();
        return (StateStore) Proxy.newProxyInstance(
                StateStore.class.getClassLoader(), new Class<?>[] {StateStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("commit")) {
                        something.run();
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void aStoreThatFailsEndsItsNodeAndTheOthersGoOn() throws Exception {
        AtomicReference<NodeId> onFire = new AtomicReference<>();
        try (TestCluster cluster = new TestCluster(root, 1, s -> s)) {
            cluster.useStores((directory, bytes, shared, log) -> beforeCommit(() -> {
                if (isOf(directory, onFire.get())) {
                    throw new StoreException("the disk is on fire");
                }
            }));
            cluster.startAll();
            TestClient client = new TestClient(cluster, 1);
            Applied before = client.acquire();
            NodeId leader = cluster.awaitLeader(1);
            ReplicatedGroup group = cluster.group(leader, 1);
            onFire.set(leader);
            TestClient.Answer answer = TestClient.submit(group, client.next());
            assertThat(answer.failure()).containsInstanceOf(Failure.Unknown.class);
            Awaitility.await()
                    .atMost(TestCluster.LONG)
                    .untilAsserted(() -> assertThat(cluster.fatal)
                            .singleElement()
                            .asString()
                            .contains("group g1 of node " + leader)
                            .contains("can't apply entry")
                            .contains("the disk is on fire"));
            Awaitility.await()
                    .atMost(TestCluster.LONG)
                    .untilAsserted(() -> assertThat(group.status().role()).isEqualTo("error"));
            assertThatThrownBy(() -> group.readLocal((view, now) -> now)).isInstanceOf(StoreException.class);
            // What was unknown was committed, and counts once.
            assertThat(TestClient.remaining(client.repeat())).isEqualTo(TestClient.remaining(before) - 1);
        }
    }

    private boolean isOf(Path directory, @Nullable NodeId node) {
        return node != null && directory.startsWith(root.resolve(node.value()));
    }

    @Test
    void aGroupThatDoesNotGetOnIsReported() throws Exception {
        AtomicReference<NodeId> hanging = new AtomicReference<>();
        CountDownLatch end = new CountDownLatch(1);
        try (TestCluster cluster = new TestCluster(root, 1, s -> TestSettings.withStuckMillis(s, 2_000))) {
            cluster.useStores((directory, bytes, shared, log) -> beforeCommit(() -> {
                if (isOf(directory, hanging.get())) {
                    awaitUninterrupted(end);
                }
            }));
            cluster.startAll();
            TestClient client = new TestClient(cluster, 1);
            client.acquire();
            NodeId leader = cluster.awaitLeader(1);
            hanging.set(leader);
            Submission submission = TestClient.submission(client.next(), new CompletableFuture<>());
            cluster.group(leader, 1).submit(submission);
            cluster.group(leader, 1).flush();
            Awaitility.await()
                    .atMost(TestCluster.LONG)
                    .untilAsserted(() -> assertThat(cluster.fatal)
                            .anySatisfy(message -> assertThat(message)
                                    .contains("group g1 of node " + leader)
                                    .containsPattern("none was (committed|applied) for \\d+ ms")));
            end.countDown();
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aDamagedVoteRefusesToStart() throws Exception {
        try (TestCluster cluster = new TestCluster(root, 1, s -> s)) {
            cluster.startAll();
            new TestClient(cluster, 1).acquire();
            NodeId node = cluster.follower(1);
            cluster.stop(node);
            try (SharedLog log = SharedLog.open(root.resolve(node + "/log"), true, null);
                    WriteBatch batch = new WriteBatch()) {
                batch.put(SharedLog.key(Kind.VOTE, new GroupId(1)), new byte[20]);
                log.write(batch);
            }
            assertThatThrownBy(() -> cluster.start(node))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("group g1")
                    .hasMessageContaining("vote")
                    .hasMessageContaining("damaged");
        }
    }

    @Test
    void aDirectoryOfAnotherNodeOrInUseIsRefused() {
        try (TestCluster cluster = new TestCluster(root, 1, s -> s)) {
            NodeId first = cluster.ids().get(0);
            NodeId second = cluster.ids().get(1);
            cluster.start(first);
            assertThatThrownBy(() -> cluster.start(first)).hasMessageContaining("in use");
            RaftSettings settings = cluster.settings(first);
            cluster.stop(first);
            RaftSettings stolen = RaftSettings.of(second, settings.topology(), settings.dataDirectory());
            assertThatThrownBy(() -> RaftNode.start(stolen, v -> {}, f -> {}))
                    .hasMessageContaining("belongs to")
                    .hasMessageContaining("node n1");
        }
    }
}
