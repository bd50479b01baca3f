package io.quorate.cli.bench;

import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.Result;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Acquires of one token each, as fast as a cluster answers them: by one client with a window of unanswered requests,
 * or by callers that each wait for their answer.
 *
 * <p>Every request is decided by one GCRA rule with room for all, so that each decision is a change that a majority
 * must keep. Keys take turns.
 */
public final class Load {
    private static final long LATENCY_MICROS_MAX = 60_000_000;
    private static final String ENTRY = "key";

    private final QuorateClient client;
    private final AcquireRequest[] requests;

    /** Applies the rules and prepares {@code keys} requests. */
    public Load(QuorateClient client, String namespace, int keys) {
        this.client = client;
        Rule rule = new Rule(
                "per-key",
                List.of(new EntryMatch(ENTRY, new Pattern.Any())),
                Limit.of(Algorithm.GCRA, 1_000_000_000, 1_000),
                Mode.ENFORCE);
        client.admin().applyRules(new RuleSet(namespace, Optional.of(ENTRY), List.of(rule)), OptionalLong.empty());
        requests = new AcquireRequest[keys];
        for (int i = 0; i < keys; i++) {
            requests[i] = AcquireRequest.of(namespace, ENTRY, "key-" + i);
        }
    }

    /** Keeps {@code inFlight} requests unanswered for {@code nanos}. */
    public LoadResult window(int inFlight, long nanos) throws InterruptedException {
        Window window = new Window(inFlight, nanos);
        return window.run();
    }

    /** {@code callers} threads, each with one request at a time. */
    public LoadResult callers(int callers, long nanos) throws InterruptedException {
        ConcurrentHistogram latency = new ConcurrentHistogram(LATENCY_MICROS_MAX, 3);
        LongAdder unknown = new LongAdder();
        AtomicInteger next = new AtomicInteger();
        long start = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            Thread thread = new Thread(
                    () -> {
                        for (long sent = System.nanoTime(); sent - start < nanos; sent = System.nanoTime()) {
                            record(client.tryAcquire(request(next)), sent, latency, unknown);
                        }
                    },
                    "caller-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return result(latency, unknown, System.nanoTime() - start);
    }

    private AcquireRequest request(AtomicInteger next) {
        return requests[Math.floorMod(next.getAndIncrement(), requests.length)];
    }

    private static void record(Result result, long sentNanos, ConcurrentHistogram latency, LongAdder unknown) {
        if (result instanceof Result.Unknown) {
            unknown.increment();
            return;
        }
        long micros = (System.nanoTime() - sentNanos) / 1_000;
        latency.recordValue(Math.max(0, Math.min(micros, LATENCY_MICROS_MAX)));
    }

    private static LoadResult result(ConcurrentHistogram latency, LongAdder unknown, long nanos) {
        return new LoadResult(latency.getTotalCount(), unknown.sum(), nanos / 1e9, latency);
    }

    /** The unanswered requests of one client; each answer sends the next, on the thread that brings it. */
    private final class Window {
        private final int inFlight;
        private final long nanos;
        private final ConcurrentHistogram latency = new ConcurrentHistogram(LATENCY_MICROS_MAX, 3);
        private final LongAdder unknown = new LongAdder();
        private final AtomicInteger next = new AtomicInteger();
        private final CountDownLatch open;
        private final long start = System.nanoTime();

        Window(int inFlight, long nanos) {
            this.inFlight = inFlight;
            this.nanos = nanos;
            this.open = new CountDownLatch(inFlight);
        }

        LoadResult run() throws InterruptedException {
            for (int i = 0; i < inFlight; i++) {
                send();
            }
            long waitNanos = nanos + TimeUnit.SECONDS.toNanos(60);
            if (!open.await(waitNanos, TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException(open.getCount() + " requests weren't answered for a minute");
            }
            return result(latency, unknown, System.nanoTime() - start);
        }

        /** Sends until an answer is waited for; a loop, since an answer that is there at once must not recurse. */
        private void send() {
            while (true) {
                long sent = System.nanoTime();
                if (sent - start >= nanos) {
                    open.countDown();
                    return;
                }
                // Set by whoever comes second, the sender or the answer, so that one of them goes on.
                AtomicBoolean met = new AtomicBoolean();
                client.acquireAsync(request(next)).whenComplete((result, failure) -> {
                    if (failure == null) {
                        record(result, sent, latency, unknown);
                    } else {
                        unknown.increment();
                    }
                    if (!met.compareAndSet(false, true)) {
                        send();
                    }
                });
                if (met.compareAndSet(false, true)) {
                    return;
                }
            }
        }
    }
}
