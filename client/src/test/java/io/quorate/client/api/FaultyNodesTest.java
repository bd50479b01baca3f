package io.quorate.client.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.client.fake.FakeNode;
import io.quorate.client.fake.Fault;
import io.quorate.protocol.v1.Acquire;
import io.quorate.protocol.v1.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client against nodes and connections that fail, over real sockets. */
class FaultyNodesTest extends FakeClusterTest {
    private static final int REQUESTS = 60;

    private List<Result> acquireAll(QuorateClient client, String prefix, int count) {
        List<CompletableFuture<Result>> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            results.add(client.acquireAsync(request(prefix + i)));
        }
        CompletableFuture.allOf(results.toArray(new CompletableFuture<?>[0]))
                .orTimeout(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
        return results.stream().map(CompletableFuture::join).toList();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void everyRequestIsGrantedOnceThoughSomeFail(Fault fault) {
        try (QuorateClient client = client()) {
            assertThat(client.tryAcquire(request("first"))).isInstanceOf(Result.Granted.class);
            AtomicInteger acquires = new AtomicInteger();
            n2.faults(request -> request.hasAcquire() && acquires.incrementAndGet() % 20 == 7 ? fault : Fault.NONE);
            List<Result> results = acquireAll(client, "r", REQUESTS);
            assertThat(results).allMatch(result -> result instanceof Result.Granted);
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(model.executions("r" + i)).as("executions of r%d", i).isEqualTo(1);
            }
            assertThat(idsOfRequests())
                    .allSatisfy((name, ids) -> assertThat(ids).as(name).hasSize(1));
        }
    }

    /** The (session, sequence) pairs under which each request came. */
    private Map<String, Set<String>> idsOfRequests() {
        Map<String, Set<String>> ids = new HashMap<>();
        for (FakeNode node : nodes) {
            for (Request request : node.received()) {
                if (request.hasAcquire()) {
                    Acquire acquire = request.getAcquire();
                    ids.computeIfAbsent(acquire.getEntries(0).getValue(), name -> new TreeSet<>())
                            .add(acquire.getSessionId() + "/" + acquire.getSequence());
                }
            }
        }
        return ids;
    }

    @Test
    void goesOnWhenItsLeaderDiesAndAnotherLeads() {
        try (QuorateClient client = client()) {
            assertThat(client.tryAcquire(request("first"))).isInstanceOf(Result.Granted.class);
            model.leadAll("");
            n2.down();
            List<CompletableFuture<Result>> results = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                results.add(client.acquireAsync(request("r" + i)));
            }
            model.leadAll("n3");
            assertThat(results)
                    .allSatisfy(result ->
                            assertThat(result).succeedsWithin(PATIENCE).isInstanceOf(Result.Granted.class));
            n2.up();
            model.leadAll("n2");
            assertThat(client.tryAcquire(request("back"))).isInstanceOf(Result.Granted.class);
        }
    }

    @Test
    void anOutageEndsAsUnknownThatWasNotExecuted() {
        try (QuorateClient client = client(Duration.ofMillis(400))) {
            model.leadAll("");
            assertThat(client.tryAcquire(request("r")))
                    .isInstanceOfSatisfying(
                            Result.Unknown.class,
                            unknown -> assertThat(unknown.maybeExecuted()).isFalse());
            assertThat(model.executions("r")).isZero();
        }
    }

    @Test
    void silenceEndsAsUnknownThatMayHaveBeenExecuted() {
        try (QuorateClient client = client(Duration.ofMillis(400))) {
            nodes.forEach(node -> node.faults(request -> request.hasAcquire() ? Fault.SWALLOW : Fault.NONE));
            Result result = client.tryAcquire(request("r"));
            assertThat(result).isInstanceOf(Result.Unknown.class);
            if (model.executions("r") > 0) {
                assertThat(((Result.Unknown) result).maybeExecuted()).isTrue();
            }
        }
    }

    @Test
    void aNodeThatNeverShakesHandsDoesNotHoldUpTheOthers() {
        n1.faults(request -> Fault.IGNORE);
        try (QuorateClient client = client()) {
            assertThat(acquireAll(client, "r", 10)).allMatch(result -> result instanceof Result.Granted);
        }
    }

    @Test
    void requestsOverTheBoundAreUnknownAndNotExecuted() {
        model.inFlightMax(4);
        try (QuorateClient client = QuorateClient.builder()
                .leases(false)
                .endpoints(n1.address())
                .inFlightMax(100)
                .requestTimeout(PATIENCE)
                .build()) {
            n2.faults(request -> request.hasAcquire() ? Fault.DELAY : Fault.NONE);
            List<Result> results = acquireAll(client, "r", 1000);
            int granted = 0;
            for (int i = 0; i < results.size(); i++) {
                boolean isGranted = results.get(i) instanceof Result.Granted;
                granted += isGranted ? 1 : 0;
                assertThat(model.executions("r" + i))
                        .as("r%d: %s", i, results.get(i))
                        .isEqualTo(isGranted ? 1 : 0);
                if (results.get(i) instanceof Result.Unknown unknown) {
                    assertThat(unknown.maybeExecuted()).isFalse();
                }
            }
            assertThat(granted).isGreaterThanOrEqualTo(100);
        }
    }

    @Test
    void aCallerThatAsksOnAndOnAboveTheBoundStillGetsAnswers() {
        try (QuorateClient client = QuorateClient.builder()
                .leases(false)
                .endpoints(n1.address())
                .inFlightMax(64)
                .requestTimeout(PATIENCE)
                .build()) {
            AtomicInteger granted = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (granted.get() < 5_000 && System.nanoTime() - end < 0) {
                client.acquireAsync(request("hammered"))
                        .thenAccept(result -> (result instanceof Result.Granted ? granted : refused).incrementAndGet());
            }
            assertThat(granted).as("with %s refused", refused).hasValueGreaterThanOrEqualTo(5_000);
            assertThat(refused).as("asked above the bound").hasPositiveValue();
        }
    }
}
