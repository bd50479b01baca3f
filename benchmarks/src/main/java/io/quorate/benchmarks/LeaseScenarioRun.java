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
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;

/** One scenario under one policy: asks as the arrivals say, on one thread that never waits for an answer. */
final class LeaseScenarioRun {
    static final String HEADER = String.format(
            "%-13s %-9s %8s %6s %7s %8s %6s %6s %9s %8s %7s",
            "scenario",
            "policy",
            "checks",
            "util",
            "RPC/1k",
            "local %",
            "jain",
            "denied",
            "wait p99",
            "expired",
            "over");

    private final LeaseScenario scenario;
    private final Arrivals arrivals;
    private final List<QuorateClient> clients;
    private final Limiter[] limiters;
    private final AtomicLongArray admitted;
    private final long[] demanded;
    private final ConcurrentHistogram waits = new ConcurrentHistogram(TimeUnit.SECONDS.toNanos(60), 2);
    private final AtomicInteger open = new AtomicInteger();
    private final UseMeter meter;
    private long checks;
    private long idealAdmitted;
    private long local;

    LeaseScenarioRun(LeaseScenario scenario, Arrivals arrivals, List<QuorateClient> clients, String namespace) {
        this.scenario = scenario;
        this.arrivals = arrivals;
        this.clients = clients;
        this.limiters = clients.stream()
                .map(client -> client.limiter(AcquireRequest.of(namespace)))
                .toArray(Limiter[]::new);
        this.admitted = new AtomicLongArray(clients.size());
        this.demanded = new long[clients.size()];
        this.meter = new UseMeter(scenario.rate(), scenario.burst(), System.nanoTime());
    }

    /**
     * What a run gave.
     *
     * @param over tokens above the limit in the worst window
     */
    record Figures(
            long checks,
            double utilisation,
            double renewals,
            double local,
            double jain,
            double denied,
            double waitMillis,
            long expired,
            double over) {
        String row(LeaseScenario scenario, String policy) {
            return String.format(
                    "%-13s %-9s %8d %6.3f %7.1f %8.2f %6.3f %6.3f %6.1f ms %8d %7.1f",
                    scenario.name(),
                    policy,
                    checks,
                    utilisation,
                    renewals,
                    100 * local,
                    jain,
                    denied,
                    waitMillis,
                    expired,
                    Math.max(0, over));
        }

        void judge(Goals goals, LeaseScenario scenario, String policy) {
            goals.figure(
                    "scenario",
                    scenario.name(),
                    "policy",
                    policy,
                    "utilisation",
                    utilisation,
                    "rpc/1k",
                    renewals,
                    "local",
                    local,
                    "jain",
                    jain,
                    "denied",
                    denied,
                    "over",
                    over);
            if (policy.equals("adaptive")) {
                LeaseScenario.Goal goal = scenario.goal();
                goals.atLeast(scenario.name() + ", utilisation", goal.utilisationMin(), utilisation, "");
                goals.atMost(scenario.name() + ", requests per 1,000 checks", goal.renewalsMax(), renewals, "");
                goals.atLeast(scenario.name() + ", decided locally", 100 * goal.localMin(), 100 * local, "%");
                goals.atLeast(scenario.name() + ", Jain's index", goal.fairnessMin(), jain, "");
            }
            goals.atMost(scenario.name() + ", " + policy + ", over the limit", 0, Math.max(0, over), "tokens");
        }
    }

    Figures measure(int warmSeconds) {
        long warmNanos = TimeUnit.SECONDS.toNanos(warmSeconds);
        IdealBucket ideal = new IdealBucket(scenario.rate(), scenario.burst());
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
            boolean wanted = ideal.admits(at);
            if (!counting && at >= warmNanos) {
                counting = true;
                Arrays.setAll(before, c -> clients.get(c).leaseStats());
                start += Math.max(0, System.nanoTime() - start - at); // reading them took time
            }
            ask(arrivals.client(i), counting);
            if (counting) {
                checks++;
                demanded[arrivals.client(i)]++;
                idealAdmitted += wanted ? 1 : 0;
            }
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
            local += counting ? 1 : 0;
            took(who, answer.join(), counting, 0);
        } else {
            open.incrementAndGet();
            var unused = answer.whenComplete((result, error) -> {
                if (error == null) {
                    took(who, result, counting, System.nanoTime() - asked);
                }
                waits.recordValue(Math.min(TimeUnit.SECONDS.toNanos(60), System.nanoTime() - asked));
                open.decrementAndGet();
            });
        }
    }

    private void took(int who, Result result, boolean counting, long delayNanos) {
        if (result.granted()) {
            meter.used(1, System.nanoTime(), delayNanos);
            if (counting) {
                admitted.incrementAndGet(who);
            }
        }
    }

    private Figures figures(LeaseStats[] before, double seconds) {
        long requests = 0;
        long expired = 0;
        for (int i = 0; i < before.length; i++) {
            LeaseStats after = clients.get(i).leaseStats();
            requests += after.renewalFrames() - before[i].renewalFrames();
            requests += after.leaderAsked() - before[i].leaderAsked();
            expired += after.expired() - before[i].expired();
        }
        long granted = 0;
        for (int i = 0; i < admitted.length(); i++) {
            granted += admitted.get(i);
        }
        return new Figures(
                checks,
                (double) granted / Math.max(1, idealAdmitted),
                1000.0 * requests / checks,
                (double) local / checks,
                jain(scenario.rate() * seconds),
                1 - (double) granted / checks,
                waits.getTotalCount() == 0 ? 0 : waits.getValueAtPercentile(99) / 1e6,
                expired,
                meter.excess());
    }

    /** Jain's index over what each client got of its max-min share; clients with fewer than 5 requests are left out. */
    private double jain(double allowed) {
        double low = 0;
        double high = Arrays.stream(demanded).max().orElse(0);
        if (Arrays.stream(demanded).sum() > allowed) {
            for (int step = 0; step < 60; step++) {
                double middle = (low + high) / 2;
                double sum = 0;
                for (long demand : demanded) {
                    sum += Math.min(demand, middle);
                }
                if (sum > allowed) {
                    high = middle;
                } else {
                    low = middle;
                }
            }
        } else {
            low = high;
        }
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int i = 0; i < demanded.length; i++) {
            if (demanded[i] >= 5) {
                double part = admitted.get(i) / Math.min(demanded[i], low);
                sum += part;
                squares += part * part;
                count++;
            }
        }
        return count == 0 ? 1 : sum * sum / (count * squares);
    }
}
