package io.quorate.client.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.client.fake.Fault;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class WaitingAcquireTest extends FakeClusterTest {
    @Test
    void triesAgainWhenTheDenialSaysUntilGranted() throws InterruptedException {
        model.capacity(0, 20);
        try (QuorateClient client = client()) {
            client.acquireAsync(request("other")).thenRun(() -> model.capacity(1, 20));
            assertThat(client.acquire(request("r"), PATIENCE)).isInstanceOf(Result.Granted.class);
        }
    }

    @Test
    void returnsADenialAtOnceWhoseWaitDoesNotFit() throws InterruptedException {
        model.capacity(0, 3_600_000);
        try (QuorateClient client = client()) {
            Result result = client.acquire(request("r"), PATIENCE);
            assertThat(result).isInstanceOf(Result.Denied.class);
            assertThat(model.executions("r")).isEqualTo(1);
        }
    }

    @Test
    void returnsADenialAtOnceThatNeverEnds() throws InterruptedException {
        model.capacity(0, -1);
        try (QuorateClient client = client()) {
            Result result = client.acquire(request("r"), PATIENCE);
            assertThat(result)
                    .isInstanceOfSatisfying(
                            Result.Denied.class,
                            denied -> assertThat(denied.retryAfter()).isEmpty());
            assertThat(model.executions("r")).isEqualTo(1);
        }
    }

    @Test
    void triesOnceWithoutAnyTimeToWait() throws InterruptedException {
        try (QuorateClient client = client()) {
            assertThat(client.tryAcquire(request("first"))).isInstanceOf(Result.Granted.class);
            model.capacity(0, 5);
            Result result = client.acquire(request("r"), Duration.ZERO);
            // On a machine that is short of time, the one attempt may not come back within its 100 ms.
            assertThat(result).isNotInstanceOf(Result.Granted.class);
            assertThat(model.executions("r")).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void anInterruptedAttemptsGrantIsGivenBack() throws InterruptedException, ExecutionException, TimeoutException {
        try (QuorateClient client = client()) {
            assertThat(client.tryAcquire(request("first"))).isInstanceOf(Result.Granted.class);
            AtomicBoolean hold = new AtomicBoolean(true);
            AtomicReference<Thread> waiter = new AtomicReference<>();
            n2.faults(request -> {
                if (request.hasAcquire() && hold.getAndSet(false)) {
                    // The answer is on its way, but not there, when the caller is interrupted.
                    waiter.get().interrupt();
                    return Fault.DELAY;
                }
                return Fault.NONE;
            });
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                try {
                    client.acquire(request("r").withCost(4), PATIENCE);
                    interrupted.complete(false);
                } catch (InterruptedException e) {
                    interrupted.complete(true);
                }
            });
            waiter.set(caller);
            caller.start();
            assertThat(interrupted.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Awaitility.await().atMost(PATIENCE).until(() -> model.executions("r") == 1 && model.used("shop") == 1);
        }
    }

    @Test
    void anInterruptBeforehandTakesNothing() {
        try (QuorateClient client = client()) {
            Thread.currentThread().interrupt();
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> client.acquire(request("r"), PATIENCE)))
                    .isInstanceOf(InterruptedException.class);
            assertThat(model.executions("r")).isZero();
        }
    }
}
