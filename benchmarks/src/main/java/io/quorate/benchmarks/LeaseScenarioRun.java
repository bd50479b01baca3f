package io.quorate.benchmarks;

import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.LeaseStats;
import io.quorate.client.api.Limiter;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.Result;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** One scenario on the real cluster: asks as the arrivals say, on one thread that never waits for an answer. */
final class LeaseScenarioRun {
    private final Arrivals arrivals;
    private final List<QuorateClient> clients;
    private final Limiter[] limiters;
    private final LeaseTally tally;
    private final AtomicInteger open = new AtomicInteger();

    LeaseScenarioRun(LeaseScenario scenario, Arrivals arrivals, List<QuorateClient> clients, String namespace) {
        this.arrivals = arrivals;
        this.clients = clients;
        this.limiters = clients.stream()
                .map(client -> client.limiter(AcquireRequest.of(namespace)))
                .toArray(Limiter[]::new);
        this.tally = new LeaseTally(scenario, System.nanoTime());
    }

    LeaseTally.Figures measure(int warmSeconds) {
        long warmNanos = TimeUnit.SECONDS.toNanos(warmSeconds);
        LeaseStats[] before = new LeaseStats[clients.size()];
        long start = System.nanoTime();
        boolean counting = false;
        for (int i = 0; i < arrivals.count(); i++) {
            long at = arrivals.atNanos(i);
            for (long wait = start + at - System.nanoTime(); wait > 0; wait = start + at - System.nanoTime()) {
                if (wait > 60_000) {
                    LockSupport.parkNanos(wait - 50_000);
                }
            }
            if (!counting && at >= warmNanos) {
                counting = true;
                Arrays.setAll(before, c -> clients.get(c).leaseStats());
                start += Math.max(0, System.nanoTime() - start - at); // reading them took time
            }
            tally.asked(arrivals.client(i), at, counting);
            ask(arrivals.client(i), counting);
        }
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (open.get() > 0 && System.nanoTime() - patience < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return figures(before, (arrivals.atNanos(arrivals.count() - 1) - warmNanos) / 1e9);
    }

    private void ask(int who, boolean counting) {
        long asked = System.nanoTime();
        CompletableFuture<Result> answer = limiters[who].acquireAsync(1);
        if (answer.isDone()) {
            tally.answeredHere(who, answer.join().granted(), System.nanoTime(), counting);
        } else {
            open.incrementAndGet();
            var unused = answer.whenComplete((result, error) -> {
                long now = System.nanoTime();
                tally.answeredLater(who, error == null && result.granted(), now, now - asked, counting);
                open.decrementAndGet();
            });
        }
    }

    private LeaseTally.Figures figures(LeaseStats[] before, double seconds) {
        long requests = 0;
        long expired = 0;
        for (int i = 0; i < before.length; i++) {
            LeaseStats after = clients.get(i).leaseStats();
            requests += after.renewalFrames() - before[i].renewalFrames();
            requests += after.leaderAsked() - before[i].leaderAsked();
            expired += after.stranded() - before[i].stranded();
        }
        return tally.figures(seconds, requests, expired);
    }
}
