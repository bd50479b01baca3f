package io.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.core.quota.Slots;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Leases;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Rules;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.jraft.RaftSettings;
import io.quorate.raft.placement.Member;
import io.quorate.raft.placement.Topology;
import io.quorate.server.config.ServerConfig;
import io.quorate.server.config.ServerLimits;
import io.quorate.server.net.TestClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole nodes over real groups and sockets. */
class QuorateServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int DATA_GROUPS = 2;

    @TempDir
    Path directory;

    private final Map<String, QuorateServer> nodes = new HashMap<>();
    private final List<String> fatal = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        nodes.values().forEach(QuorateServer::close);
        assertThat(fatal).isEmpty();
    }

    @Test
    void oneNodeServesAndItsGrantsOutliveARestart() throws IOException, InterruptedException {
        Topology topology = topology(1);
        start(topology, "n1");
        awaitLeaders();
        int group = Slots.groupOf(Slots.of("shop"), DATA_GROUPS).value();
        int teas = Slots.groupOf(Slots.of("tea"), DATA_GROUPS).value();
        try (TestClient client = TestClient.greeted(node("n1").clientAddress())) {
            putAndFence(client, "shop", 3);
            long session = client.openSession(group);
            assertThat(decide(client, group, session, 1)).isTrue();
            assertThat(decide(client, group, session, 2)).isTrue();
        }
        try (TestClient client = TestClient.greeted(node("n1").clientAddress())) {
            putAndFence(client, "tea", 100);
            long holder = client.openSession(teas);
            renew(client, teas, holder, 1, 0, 0);
            renew(client, teas, holder, 2, 3, 10);
        }
        assertThat(get("/metrics").body())
                .contains("quorate_group_lease_tokens_granted_total{group=\"" + teas + "\"} 20")
                .contains("quorate_group_lease_tokens_spent_total{group=\"" + teas + "\"} 3")
                .contains("quorate_group_lease_tokens_returned_total{group=\"" + teas + "\"} 10")
                .contains("quorate_group_lease_tokens_outstanding{group=\"" + teas + "\"} 7")
                .contains("quorate_group_lease_tokens_expired_total{group=\"" + teas + "\"} 0")
                .contains("quorate_group_lease_tokens_superseded_total{group=\"" + teas + "\"} 0");
        assertThat(get("/ready").statusCode()).isEqualTo(200);
        assertThat(get("/health").body()).contains("\"healthy\":true");
        assertThat(get("/metrics").body())
                .contains("quorate_decisions_total{namespace=\"shop\",verdict=\"allowed\"} 2")
                .contains("quorate_group_leader{group=\"1\"} 1")
                .contains("quorate_decide_seconds_count 2")
                .contains("jvm_memory_used_bytes");
        node("n1").close();

        start(topology, "n1");
        awaitLeaders();
        try (TestClient client = TestClient.greeted(node("n1").clientAddress())) {
            await().atMost(PATIENCE)
                    .until(() -> !client.ask(Request.newBuilder()
                                    .setGetRules(Rules.Get.newBuilder().setNamespace("shop")))
                            .hasFailure());
            long session = client.openSession(group);
            assertThat(decide(client, group, session, 1)).isTrue();
            assertThat(decide(client, group, session, 2)).isFalse();
        }
    }

    @Test
    void threeNodesGoOnWhenTheLeaderIsKilledAndWhenItIsStopped() throws IOException {
        Topology topology = topology(3);
        for (String id : List.of("n1", "n2", "n3")) {
            start(topology, id);
        }
        awaitLeaders();
        try (TestClient meta = TestClient.greeted(leader(0).clientAddress())) {
            Response put = meta.ask(Request.newBuilder().setPutRules(TestClient.perClient("shop", 2)));
            assertThat(put.getRulesPut().getVersion()).isEqualTo(1);
        }
        int group = Slots.groupOf(Slots.of("shop"), DATA_GROUPS).value();
        assertThat(acquireAtLeader(group)).isTrue();

        String killed = node(group).raftId;
        nodes.remove(killed).kill();
        assertThat(acquireAtLeader(group)).isTrue();
        assertThat(acquireAtLeader(group)).isFalse();

        start(topology, killed);
        String stopped = node(group).raftId;
        nodes.remove(stopped).close();
        assertThat(acquireAtLeader(group)).isFalse();
    }

    /** Acquires in a session of its own at whoever leads, until there is a verdict. */
    private boolean acquireAtLeader(int group) {
        boolean[] verdict = new boolean[1];
        await().atMost(PATIENCE).ignoreException(IOException.class).until(() -> {
            try (TestClient client = TestClient.greeted(node(group).server.clientAddress())) {
                long session = client.openSession(group);
                Response response = client.ask(TestClient.request(TestClient.acquire(group, session, 1, "shop", "42")));
                verdict[0] = response.getDecision().getAllowed();
                return response.hasDecision();
            }
        });
        return verdict[0];
    }

    private void putAndFence(TestClient client, String namespace, long amount) throws IOException {
        Response put = client.ask(Request.newBuilder().setPutRules(TestClient.perClient(namespace, amount)));
        assertThat(put.getFailure().getCode()).isEqualTo(Code.CODE_UNSPECIFIED);
        for (int group = 1; group <= DATA_GROUPS; group++) {
            Response fenced = client.ask(Request.newBuilder()
                    .setFenceRules(Rules.Fence.newBuilder()
                            .setGroup(group)
                            .setVersion(put.getRulesPut().getVersion())));
            assertThat(fenced.hasDone()).as(fenced.toString()).isTrue();
        }
    }

    private static void renew(TestClient client, int group, long session, long sequence, long spent, long returned)
            throws IOException {
        Response response = client.ask(Request.newBuilder()
                .setRenewLeases(Leases.Renew.newBuilder()
                        .setGroup(group)
                        .setEpoch(1)
                        .setSessionId(session)
                        .setNamespace("tea")
                        .setRulesVersion(2)
                        .addRenewals(Leases.Renewal.newBuilder()
                                .setRule("per-client")
                                .addValues("7")
                                .setLeaseId(1)
                                .setSequence(sequence)
                                .setSpent(spent)
                                .setReturned(returned)
                                .setWant(sequence == 1 ? 20 : 0)
                                .setMilliRate(100_000))));
        assertThat(response.getLeasesRenewed().getResults(0).hasFailure())
                .as(response.toString())
                .isFalse();
    }

    private static boolean decide(TestClient client, int group, long session, long sequence) throws IOException {
        Response response = client.ask(TestClient.request(TestClient.acquire(group, session, sequence, "shop", "42")));
        assertThat(response.hasDecision()).as(response.toString()).isTrue();
        assertThat(response.getDecision().getRules(0).getRule()).isEqualTo("per-client");
        return response.getDecision().getAllowed();
    }

    private record Running(String raftId, QuorateServer server) {}

    private Running node(int group) {
        for (QuorateServer any : nodes.values()) {
            String leader = any.leaders().get(group);
            QuorateServer server = leader == null ? null : nodes.get(leader);
            if (leader != null && server != null) {
                return new Running(leader, server);
            }
        }
        Map.Entry<String, QuorateServer> first = nodes.entrySet().iterator().next();
        return new Running(first.getKey(), first.getValue());
    }

    private QuorateServer leader(int group) {
        return node(group).server;
    }

    private QuorateServer node(String id) {
        QuorateServer server = nodes.get(id);
        if (server == null) {
            throw new AssertionError("no node " + id);
        }
        return server;
    }

    private void awaitLeaders() {
        await().atMost(PATIENCE)
                .until(() -> nodes.values().stream()
                        .allMatch(server -> server.leaders().size() == 1 + DATA_GROUPS));
    }

    private void start(Topology topology, String id) {
        RaftSettings raft = RaftSettings.of(new NodeId(id), topology, directory.resolve(id));
        ServerConfig config = new ServerConfig(
                raft,
                topology.member(new NodeId(id)).orElseThrow().clientAddress(),
                Optional.of("127.0.0.1:0"),
                ServerLimits.DEFAULT);
        nodes.put(id, QuorateServer.start(config, fatal::add));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        String address = node("n1").adminAddress().orElseThrow();
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + address + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static Topology topology(int nodes) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        List<Member> members = new ArrayList<>();
        for (int i = 1; i <= nodes; i++) {
            members.add(new Member(new NodeId("n" + i), free(held), free(held)));
        }
        for (ServerSocket socket : held) {
            socket.close();
        }
        return new Topology("test", 1, DATA_GROUPS, members);
    }

    private static String free(List<ServerSocket> held) throws IOException {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        return "127.0.0.1:" + socket.getLocalPort();
    }
}
