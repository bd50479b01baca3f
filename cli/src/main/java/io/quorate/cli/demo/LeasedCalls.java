package io.quorate.cli.demo;

import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.LeaseStats;
import io.quorate.client.api.Limiter;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.Result;
import io.quorate.core.quota.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Threads that ask for one hot key as fast as they can, through a leased handle: how many calls a second, how long
 * local
 * and remote ones take, and the longest that a caller went without a grant.
 */
final class LeasedCalls {
    private static final int THREADS = 2;
    /** One call in so many is timed: reading the clock twice costs more than the call. */
    private static final int SAMPLE = 64;

    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final QuorateClient client;
    private final Limiter limiter;
    private final Limit limit;
    private final DemoOutput out;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong granted = new AtomicLong();
    private final AtomicLong remote = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicLong longestGapNanos = new AtomicLong();
    private final ConcurrentHistogram localNanos = new ConcurrentHistogram(HIGHEST_NANOS, 3);
    private final ConcurrentHistogram remoteNanos = new ConcurrentHistogram(HIGHEST_NANOS, 3);
    private final long startNanos = System.nanoTime();
    private volatile boolean stopping;

    LeasedCalls(QuorateClient client, AcquireRequest request, Limit limit, DemoOutput out) {
        this.client = client;
        this.limiter = client.limiter(request);
        this.limit = limit;
        this.out = out;
    }

    void start() {
        out.line("     s      calls/s    granted/s  local p50/p99/p99.9    remote/s  p50/p99      tokens held");
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(this::ask, "leased-" + i);
            threads.add(thread);
            thread.start();
        }
    }

    private void ask() {
        long lastGrantNanos = System.nanoTime();
        while (!stopping) {
            long got = 0;
            for (int i = 1; i < SAMPLE; i++) {
                got += count(limiter.tryAcquire());
            }
            long before = System.nanoTime();
            Result result = limiter.tryAcquire();
            long after = System.nanoTime();
            boolean local = !(result instanceof Result.Granted one) || one.source() == Result.Source.LEASE;
            (local ? localNanos : remoteNanos).recordValue(Math.min(HIGHEST_NANOS, after - before));
            got += count(result);
            if (got > 0) {
                long gap = after - lastGrantNanos;
                longestGapNanos.accumulateAndGet(gap, Math::max);
                lastGrantNanos = after;
            }
            granted.addAndGet(got);
            calls.addAndGet(SAMPLE);
        }
        // One that never got a grant again has waited until now.
        longestGapNanos.accumulateAndGet(System.nanoTime() - lastGrantNanos, Math::max);
    }

    private int count(Result result) {
        if (result instanceof Result.Granted one) {
            if (one.source() != Result.Source.LEASE) {
                remote.incrementAndGet();
            }
            return 1;
        }
        if (result instanceof Result.Unknown) {
            unknown.incrementAndGet();
        }
        return 0;
    }

    /** Shows a row each second. */
    void watch(Duration time) {
        long endNanos = System.nanoTime() + time.toNanos();
        long lastNanos = System.nanoTime();
        long lastCalls = calls.get();
        long lastGranted = granted.get();
        long lastRemote = remote.get();
        for (long left = time.toNanos(); left > 0; left = endNanos - System.nanoTime()) {
            LockSupport.parkNanos(this, Math.min(left, TimeUnit.SECONDS.toNanos(1)));
            long now = System.nanoTime();
            double seconds = (now - lastNanos) / 1e9;
            if (seconds < 0.5) {
                continue;
            }
            LeaseStats stats = client.leaseStats();
            out.line(String.format(
                    Locale.ROOT,
                    "%6.1f %,12.0f %,12.0f  %6s/%6s/%6s  %,10.0f  %7s/%7s  %,11d",
                    (now - startNanos) / 1e9,
                    (calls.get() - lastCalls) / seconds,
                    (granted.get() - lastGranted) / seconds,
                    time(localNanos, 50),
                    time(localNanos, 99),
                    time(localNanos, 99.9),
                    (remote.get() - lastRemote) / seconds,
                    time(remoteNanos, 50),
                    time(remoteNanos, 99),
                    stats.held()));
            lastNanos = now;
            lastCalls = calls.get();
            lastGranted = granted.get();
            lastRemote = remote.get();
        }
    }

    private static String time(ConcurrentHistogram of, double percentile) {
        if (of.getTotalCount() == 0) {
            return "-";
        }
        long nanos = of.getValueAtPercentile(percentile);
        return nanos < 10_000
                ? nanos + "ns"
                : nanos < 10_000_000
                        ? TimeUnit.NANOSECONDS.toMicros(nanos) + "us"
                        : TimeUnit.NANOSECONDS.toMillis(nanos) + "ms";
    }

    /** From now on gaps count from zero again. */
    void forgetGaps() {
        longestGapNanos.set(0);
    }

    long longestGapMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestGapNanos.get());
    }

    void stop() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Whether what was granted fits the limit, for the whole time that the threads asked. */
    Demo.Finding finding() {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        double most = limit.burst() + limit.amount() * seconds * 1000 / limit.periodMillis();
        LeaseStats stats = client.leaseStats();
        return new Demo.Finding(
                granted.get() <= most && stats.localGranted() > 0,
                String.format(
                        Locale.ROOT,
                        "leases: %,d of %,d calls granted in %.0f s, at most %,.0f allowed; %,d renewals,"
                                + " %d unknown",
                        granted.get(),
                        calls.get(),
                        seconds,
                        most,
                        stats.renewals(),
                        unknown.get()));
    }
}
