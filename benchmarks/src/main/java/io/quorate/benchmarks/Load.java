package io.quorate.benchmarks;

import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A closed-loop load: either one thread that keeps a window of requests unanswered, or callers that each
 * wait for their answer. Latency counts from the call to the completion of its future.
 */
final class Load {
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** What a run gave. */
    record Run(double perSecond, Histogram latencies, long granted, long denied, long failed, String firstError) {
        double millis(double percentile) {
            return latencies.getValueAtPercentile(percentile) / 1e6;
        }
    }

    private final Side side;
    private final int keys;
    private final ConcurrentHistogram latencies = new ConcurrentHistogram(HIGHEST_NANOS, 3);
    private final LongAdder granted = new LongAdder();
    private final LongAdder denied = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicReference<@Nullable Throwable> firstError = new AtomicReference<>();

    Load(Side side, int keys) {
        this.side = side;
        this.keys = keys;
    }

    /** Keeps {@code inFlight} requests unanswered for {@code millis}. */
    Run window(int inFlight, long millis) {
        SplittableRandom random = new SplittableRandom(42);
        AtomicInteger open = new AtomicInteger();
        Thread driver = Thread.currentThread();
        int wakeAt = inFlight - Math.max(1, inFlight / 8);
        long begin = System.nanoTime();
        long end = begin + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() - end < 0) {
            int burst = inFlight - open.get();
            for (int i = 0; i < burst; i++) {
                open.incrementAndGet();
                long start = System.nanoTime();
                side.acquire(random.nextInt(keys)).whenComplete((ok, error) -> {
                    done(start, ok, error);
                    if (open.decrementAndGet() == wakeAt) {
                        LockSupport.unpark(driver);
                    }
                });
            }
            side.flush();
            while (open.get() > wakeAt && System.nanoTime() - end < 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        }
        long counted = latencies.getTotalCount();
        double seconds = (System.nanoTime() - begin) / 1e9;
        long drain = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (open.get() > 0 && System.nanoTime() - drain < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return run(counted / seconds);
    }

    /** Lets {@code callers} threads ask and wait, one request each, for {@code millis}. */
    Run callers(int callers, long millis) {
        long begin = System.nanoTime();
        long end = begin + TimeUnit.MILLISECONDS.toNanos(millis);
        Thread[] threads = new Thread[callers];
        for (int i = 0; i < callers; i++) {
            SplittableRandom random = new SplittableRandom(i);
            threads[i] = new Thread(
                    () -> {
                        while (System.nanoTime() - end < 0) {
                            call(random.nextInt(keys));
                        }
                    },
                    "caller-" + i);
            threads[i].start();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while callers ran", e);
            }
        }
        return run(latencies.getTotalCount() / ((System.nanoTime() - begin) / 1e9));
    }

    private void call(int key) {
        long start = System.nanoTime();
        try {
            var future = side.acquire(key);
            side.flush();
            done(start, future.get(60, TimeUnit.SECONDS), null);
        } catch (ExecutionException | TimeoutException e) {
            done(start, null, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void done(long startNanos, @Nullable Boolean ok, @Nullable Throwable error) {
        if (error != null || ok == null) {
            failed.increment();
            firstError.compareAndSet(null, error);
            return;
        }
        latencies.recordValue(Math.min(HIGHEST_NANOS, System.nanoTime() - startNanos));
        (ok ? granted : denied).increment();
    }

    private Run run(double perSecond) {
        return new Run(
                perSecond,
                latencies.copy(),
                granted.sum(),
                denied.sum(),
                failed.sum(),
                String.valueOf(firstError.get()));
    }
}
