package io.quorate.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Failure;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Rules;
import io.quorate.protocol.v1.Topology;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How connections behave: bursts, bounds, slow clients, the end. */
@Timeout(120)
class ConnectionTest {
    private static final String NAMESPACE = "shop";
    private static final int GROUP = FakeNode.groupOf(NAMESPACE);

    private final TestLimits limits = new TestLimits();
    private FakeNode node;

    @AfterEach
    void stop() {
        node.close();
    }

    private void start() throws IOException {
        node = new FakeNode(limits.build());
        node.put(TestClient.perClient(NAMESPACE, 1_000_000));
    }

    @Test
    void theWelcomeTellsBoundsAndTopology() throws IOException {
        start();
        try (TestClient client = new TestClient(node.address())) {
            Response welcome = client.ask(TestClient.hello());
            assertThat(welcome.getWelcome().getNodeId()).isEqualTo("n1");
            assertThat(welcome.getWelcome().getFrameBytesMax()).isEqualTo(256 * 1024);
            assertThat(welcome.getWelcome().getInFlightMax()).isEqualTo(4096);
            Topology topology = welcome.getWelcome().getTopology();
            assertThat(topology.getClusterId()).isEqualTo("test");
            assertThat(topology.getNodesList()).hasSize(2);
            assertThat(topology.getLeadersList()).hasSize(3);
            Response again = client.ask(Request.newBuilder().setGetTopology(Topology.Get.getDefaultInstance()));
            assertThat(again.getTopology()).isEqualTo(topology);
        }
    }

    @Test
    void aBurstIsFlushedOnceIntoItsGroupAndAnsweredInOneOrder() throws IOException {
        start();
        try (TestClient client = TestClient.greeted(node.address())) {
            long session = client.openSession(GROUP);
            int flushesBefore = node.group(GROUP).flushes();
            int entriesBefore = node.group(GROUP).entrySizes().size();
            int requests = 200;
            client.sendBytes(burst(session, 1, requests));
            for (int i = 1; i <= requests; i++) {
                Response response = client.read();
                assertThat(response.getCorrelationId()).isEqualTo(1000 + i);
                assertThat(response.getDecision().getAllowed()).isTrue();
                assertThat(response.getDecision().getRules(0).getRemaining()).isEqualTo(1_000_000 - i);
                assertThat(response.getDecision().getPosition().getGroup()).isEqualTo(GROUP);
            }
            // The burst has some 10 KiB: the kernel may cut it, but not into anything near 200 pieces.
            assertThat(node.group(GROUP).flushes() - flushesBefore).isLessThan(20);
            assertThat(node.group(GROUP).entrySizes().size() - entriesBefore).isLessThan(20);
        }
        assertThat(node.metrics().inFlight().get()).isZero();
    }

    @Test
    void aRequestOverTheBoundOfItsConnectionIsRefusedAtOnce() throws IOException {
        limits.inFlightPerConnectionMax = 3;
        start();
        try (TestClient client = TestClient.greeted(node.address())) {
            long session = client.openSession(GROUP);
            node.group(GROUP).hold();
            client.sendBytes(burst(session, 1, 5));
            for (int i = 4; i <= 5; i++) {
                Failure failure = refusal(client.read(), 1000 + i);
                assertThat(failure.getMessage()).contains("this connection has 3 requests in flight");
            }
            node.group(GROUP).release();
            for (int i = 1; i <= 3; i++) {
                assertThat(client.read().getDecision().getAllowed()).isTrue();
            }
            client.sendBytes(burst(session, 4, 1));
            assertThat(client.read().getDecision().getAllowed()).isTrue();
        }
    }

    @Test
    void aRequestOverTheBoundOfTheNodeIsRefusedAtOnce() throws IOException {
        limits.inFlightMax = 2;
        start();
        try (TestClient one = TestClient.greeted(node.address());
                TestClient other = TestClient.greeted(node.address())) {
            long session = one.openSession(GROUP);
            node.group(GROUP).hold();
            one.sendBytes(burst(session, 1, 2));
            await().atMost(FakeNode.PATIENCE).until(() -> node.group(GROUP).waiting() == 2);
            other.sendBytes(burst(session, 3, 1));
            assertThat(refusal(other.read(), 1001).getMessage()).contains("as many requests in flight as it may");
            node.group(GROUP).release();
            assertThat(one.read().hasDecision()).isTrue();
            assertThat(one.read().hasDecision()).isTrue();
            other.sendBytes(burst(session, 3, 1));
            assertThat(other.read().hasDecision()).isTrue();
        }
    }

    private static Failure refusal(Response response, long id) {
        assertThat(response.getCorrelationId()).isEqualTo(id);
        assertThat(response.getFailure().getCode()).isEqualTo(Code.OVERLOADED);
        assertThat(response.getFailure().getRetryAfterMillis()).isPositive();
        return response.getFailure();
    }

    @Test
    void aConnectionOverTheBoundIsToldSoAndClosed() throws IOException {
        limits.connectionsMax = 2;
        start();
        await().atMost(FakeNode.PATIENCE)
                .until(() -> node.metrics().connections().get() == 0);
        try (TestClient one = TestClient.greeted(node.address());
                TestClient two = TestClient.greeted(node.address());
                TestClient three = new TestClient(node.address())) {
            Response response = three.read();
            assertThat(response.getFailure().getCode()).isEqualTo(Code.OVERLOADED);
            assertThatThrownBy(three::read).isInstanceOf(EOFException.class);
            two.close();
            await().atMost(FakeNode.PATIENCE)
                    .until(() -> node.metrics().connections().get() == 1);
            TestClient.greeted(node.address()).close();
            assertThat(one.openSession(GROUP)).isPositive();
        }
    }

    @Test
    void aClientWithoutHelloIsClosed() throws IOException {
        limits.handshakeMillisMax = 300;
        start();
        try (TestClient client = new TestClient(node.address())) {
            assertThat(client.read().getFailure().getMessage()).isEqualTo("no hello came within 300 ms");
            assertThatThrownBy(client::read).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void aFrameThatTakesTooLongClosesTheConnection() throws IOException {
        limits.frameMillisMax = 300;
        start();
        try (TestClient client = TestClient.greeted(node.address())) {
            byte[] frame = burst(1, 1, 1);
            client.sendBytes(Arrays.copyOf(frame, frame.length - 1));
            assertThat(client.read().getFailure().getMessage()).isEqualTo("a request took more than 300 ms to arrive");
            assertThatThrownBy(client::read).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void aFrameByteByByteIsServed() throws IOException {
        start();
        try (TestClient client = TestClient.greeted(node.address())) {
            long session = client.openSession(GROUP);
            for (byte b : burst(session, 1, 2)) {
                client.sendBytes(new byte[] {b});
            }
            assertThat(client.read().getDecision().getAllowed()).isTrue();
            assertThat(client.read().getDecision().getAllowed()).isTrue();
        }
    }

    @Test
    void aSilentClientIsClosedUnlessItWaits() throws IOException {
        limits.idleMillisMax = 1_000;
        start();
        try (TestClient silent = TestClient.greeted(node.address());
                TestClient waiting = TestClient.greeted(node.address())) {
            long session = waiting.openSession(GROUP);
            node.group(GROUP).hold();
            waiting.sendBytes(burst(session, 1, 1));
            assertThatThrownBy(silent::read).isInstanceOf(EOFException.class);
            node.group(GROUP).release();
            assertThat(waiting.read().getDecision().getAllowed()).isTrue();
        }
    }

    @Test
    void aClientThatDoesNotReadIsNotReadAndOthersAreServed() throws Exception {
        start();
        try (TestClient deaf = TestClient.greeted(node.address());
                TestClient other = TestClient.greeted(node.address())) {
            // Some 60 MB of answers to some 10 MB of questions, sent by a thread that blocks when nobody reads.
            node.put(bigRules());
            byte[] question = TestClient.frame(Request.newBuilder()
                    .setCorrelationId(1)
                    .setGetRules(Rules.Get.newBuilder().setNamespace("big"))
                    .build());
            int questions = 3_000;
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < questions; i++) {
                        deaf.sendBytes(question);
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            await().atMost(FakeNode.PATIENCE).until(() -> !node.server().allWritable());
            assertThat(other.openSession(GROUP)).isPositive();
            for (int i = 0; i < questions; i++) {
                Response response = deaf.read();
                assertThat(response.hasRules() || response.getFailure().getCode() == Code.OVERLOADED)
                        .isTrue();
            }
            sender.get(30, TimeUnit.SECONDS);
        }
    }

    private static Rules.Put.Builder bigRules() {
        Rules.Put.Builder put = Rules.Put.newBuilder().setNamespace("big");
        for (int i = 0; i < 500; i++) {
            put.addRules(TestClient.perClient("big", 1).getRules(0).toBuilder().setId("rule-" + i));
        }
        return put;
    }

    @Test
    void drainingRefusesNewRequestsAndAnswersThoseInFlight() throws Exception {
        start();
        try (TestClient client = TestClient.greeted(node.address())) {
            long session = client.openSession(GROUP);
            node.group(GROUP).hold();
            client.sendBytes(burst(session, 1, 3));
            await().atMost(FakeNode.PATIENCE).until(() -> node.group(GROUP).waiting() == 3);
            node.server().stopAccepting();
            assertThat(node.server().drain(1)).isFalse();
            client.sendBytes(burst(session, 4, 1));
            Response refused = client.read();
            assertThat(refused.getFailure().getCode()).isEqualTo(Code.UNAVAILABLE);
            assertThatThrownBy(() -> new TestClient(node.address())).isInstanceOf(IOException.class);
            node.group(GROUP).release();
            assertThat(node.server().drain(30_000)).isTrue();
            Set<Long> answered = new HashSet<>();
            node.server().close();
            for (int i = 1; i <= 3; i++) {
                Response response = client.read();
                assertThat(response.hasDecision()).isTrue();
                answered.add(response.getCorrelationId());
            }
            assertThat(answered).containsExactlyInAnyOrder(1001L, 1002L, 1003L);
            assertThatThrownBy(client::read).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void answersToAClientThatHasGoneAreCountedOff() throws IOException {
        start();
        try (TestClient client = TestClient.greeted(node.address())) {
            long session = client.openSession(GROUP);
            node.group(GROUP).hold();
            client.sendBytes(burst(session, 1, 3));
            await().atMost(FakeNode.PATIENCE).until(() -> node.group(GROUP).waiting() == 3);
        }
        node.group(GROUP).release();
        await().atMost(FakeNode.PATIENCE).until(() -> node.metrics().inFlight().get() == 0);
    }

    /** Acquires of one session, of sequence {@code from} on, with correlation ids from 1001 on. */
    private static byte[] burst(long session, long from, int count) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            bytes.writeBytes(
                    TestClient.frame(TestClient.request(TestClient.acquire(GROUP, session, from + i, NAMESPACE, "42"))
                            .setCorrelationId(1001 + i)
                            .build()));
        }
        return bytes.toByteArray();
    }
}
