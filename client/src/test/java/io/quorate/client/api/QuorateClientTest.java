package io.quorate.client.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.client.fake.ClusterModel;
import io.quorate.client.fake.Fault;
import io.quorate.protocol.v1.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The client against nodes that do as they should. */
class QuorateClientTest extends FakeClusterTest {
    @Test
    void saysWhatTheRulesSaid() {
        model.capacity(10, 7);
        try (QuorateClient client = client()) {
            Result result =
                    client.tryAcquire(AcquireRequest.of("shop", "client", "42").withCost(3));
            assertThat(result).isInstanceOf(Result.Granted.class);
            Result.Granted granted = (Result.Granted) result;
            assertThat(granted.remaining()).contains(7L);
            assertThat(granted.receipt().cost()).isEqualTo(3);
            assertThat(granted.position().index()).isPositive();
            assertThat(granted.rules()).singleElement().satisfies(rule -> {
                assertThat(rule.rule()).isEqualTo("all");
                assertThat(rule.allowed()).isTrue();
                assertThat(rule.retryAfter()).contains(Duration.ZERO);
                assertThat(rule.resetAfter()).isEqualTo(Duration.ofSeconds(1));
            });
            Result denied =
                    client.tryAcquire(AcquireRequest.of("shop", "client", "42").withCost(8));
            assertThat(denied).isInstanceOf(Result.Denied.class);
            assertThat(((Result.Denied) denied).retryAfter()).contains(Duration.ofMillis(7));
            assertThat(((Result.Denied) denied).rule().rule()).isEqualTo("all");
            assertThat(model.used("shop")).isEqualTo(3);
        }
    }

    @Test
    void answersManyAtOnceEachOnce() {
        try (QuorateClient client = client()) {
            List<CompletableFuture<Result>> results = new ArrayList<>();
            for (int i = 0; i < 4000; i++) {
                results.add(client.acquireAsync(
                        AcquireRequest.of("spread", "client", "c" + i % 100, ClusterModel.REQUEST, "r" + i)));
            }
            CompletableFuture.allOf(results.toArray(new CompletableFuture<?>[0]))
                    .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .join();
            assertThat(results).allMatch(result -> result.join() instanceof Result.Granted);
            for (int i = 0; i < 4000; i++) {
                assertThat(model.executions("r" + i)).isEqualTo(1);
            }
            assertThat(results.stream()
                            .map(result ->
                                    ((Result.Granted) result.join()).receipt().group())
                            .distinct())
                    .as("groups that decided")
                    .hasSize(4);
            assertThat(nodes).allSatisfy(node -> assertThat(node.connections()).isEqualTo(1));
        }
    }

    @Test
    void isUsedByManyThreads() throws InterruptedException {
        try (QuorateClient client = client()) {
            CountDownLatch done = new CountDownLatch(8);
            List<Result> others = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                Thread caller = new Thread(() -> {
                    for (int i = 0; i < 100; i++) {
                        Result result = client.tryAcquire(request("r"));
                        if (!(result instanceof Result.Granted)) {
                            synchronized (others) {
                                others.add(result);
                            }
                        }
                    }
                    done.countDown();
                });
                caller.setDaemon(true);
                caller.start();
            }
            assertThat(done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(others).isEmpty();
            assertThat(model.used("shop")).isEqualTo(800);
        }
    }

    @Test
    void peeksWithoutCharging() {
        model.capacity(10, 7);
        try (QuorateClient client = client()) {
            assertThat(client.peek(request("r").withCost(10)).join())
                    .isInstanceOfSatisfying(PeekResult.Known.class, known -> {
                        assertThat(known.allowed()).isTrue();
                        assertThat(known.rules()).hasSize(1);
                    });
            assertThat(client.peek(request("r").withCost(11)).join())
                    .isInstanceOfSatisfying(
                            PeekResult.Known.class,
                            known -> assertThat(known.allowed()).isFalse());
            assertThat(model.used("shop")).isZero();
        }
    }

    @Test
    void refundsOnce() {
        try (QuorateClient client = client()) {
            Result.Granted granted =
                    (Result.Granted) client.tryAcquire(request("r").withCost(5));
            assertThat(client.refund(granted.receipt(), 2).join()).isEqualTo(new RefundResult.Refunded(2));
            assertThat(client.refund(granted.receipt(), 2).join()).isEqualTo(new RefundResult.Expired());
            assertThat(model.used("shop")).isEqualTo(3);
            assertThatThrownBy(() -> client.refund(granted.receipt(), 0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aRefundOfALostSessionIsExpired() {
        try (QuorateClient client = client()) {
            Result.Granted granted =
                    (Result.Granted) client.tryAcquire(request("r").withCost(5));
            model.expireSessions();
            assertThat(client.refund(granted.receipt(), 5).join()).isEqualTo(new RefundResult.Expired());
            assertThat(client.tryAcquire(request("next"))).isInstanceOf(Result.Granted.class);
            assertThat(client.refund(granted.receipt(), 5).join()).isEqualTo(new RefundResult.Expired());
            assertThat(model.used("shop")).isEqualTo(6);
        }
    }

    @Test
    void refusesANamespaceThatDoesNotExist() {
        try (QuorateClient client = client()) {
            AcquireRequest nowhere = AcquireRequest.of("nowhere", "client", "42");
            assertThatThrownBy(() -> client.tryAcquire(nowhere))
                    .isInstanceOfSatisfying(
                            QuorateException.class,
                            e -> assertThat(e.kind()).isEqualTo(QuorateException.Kind.NOT_FOUND))
                    .hasMessageContaining("nowhere");
            assertThat(client.peek(nowhere)).failsWithin(PATIENCE);
            model.addNamespace("nowhere", "");
            assertThat(client.tryAcquire(nowhere)).as("once it exists").isInstanceOf(Result.Granted.class);
        }
    }

    @Test
    void refusesARequestThatLacksTheEntryOfItsNamespace() {
        try (QuorateClient client = client()) {
            assertThatThrownBy(() -> client.tryAcquire(AcquireRequest.of("spread", "user", "42")))
                    .isInstanceOfSatisfying(
                            QuorateException.class, e -> assertThat(e.kind()).isEqualTo(QuorateException.Kind.INVALID))
                    .hasMessageContaining("'client'");
        }
    }

    @Test
    void refusesToWaitInACallback() {
        // Answered late, so that the callback is there before the answer, and runs where that arrives.
        n2.faults(request -> request.hasAcquire() ? Fault.DELAY : Fault.NONE);
        try (QuorateClient client = client()) {
            CompletableFuture<Result> inCallback = client.acquireAsync(request("r"))
                    .thenApply(first -> {
                        assertThat(Thread.currentThread().getName()).startsWith("quorate-client");
                        return client.tryAcquire(request("s"));
                    });
            assertThat(inCallback)
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .withCauseInstanceOf(IllegalStateException.class)
                    .withMessageContaining("callback");
            assertThat(client.acquireAsync(request("t")).thenCompose(first -> client.acquireAsync(request("u"))))
                    .as("but going on asynchronously is right")
                    .succeedsWithin(PATIENCE)
                    .isInstanceOf(Result.Granted.class);
        }
    }

    @Test
    void closingAnswersWhatIsOpenAndEndsSessionsAndConnections() {
        QuorateClient client = client();
        assertThat(client.tryAcquire(request("first"))).isInstanceOf(Result.Granted.class);
        n2.faults(request -> request.hasAcquire() ? Fault.SWALLOW : Fault.NONE);
        CompletableFuture<Result> open = client.acquireAsync(request("open"));
        Awaitility.await().atMost(PATIENCE).until(() -> model.executions("open") == 1);
        client.close();
        assertThat(open.join())
                .isInstanceOfSatisfying(
                        Result.Unknown.class,
                        unknown -> assertThat(unknown.maybeExecuted()).isTrue());
        assertThat(client.acquireAsync(request("late")).join())
                .isInstanceOfSatisfying(
                        Result.Unknown.class,
                        unknown -> assertThat(unknown.maybeExecuted()).isFalse());
        assertThat(client.tryAcquire(request("late"))).isInstanceOf(Result.Unknown.class);
        Awaitility.await().atMost(PATIENCE).until(() -> nodes.stream().allMatch(node -> node.connections() == 0));
        assertThat(model.sessionCount()).isZero();
        assertThat(n2.received().stream().filter(Request::hasCloseSession)).hasSize(1);
        client.close();
    }

    @Test
    void anInterruptedCallerOfTryAcquireGetsItsAnswerAndKeepsTheInterrupt() {
        try (QuorateClient client = client()) {
            Thread.currentThread().interrupt();
            assertThat(client.tryAcquire(request("r"))).isInstanceOf(Result.Granted.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
