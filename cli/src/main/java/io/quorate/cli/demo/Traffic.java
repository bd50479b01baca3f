package io.quorate.cli.demo;

import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.RefundResult;
import io.quorate.client.api.Result;
import io.quorate.core.rule.Descriptor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Callers of an imaginary shop: some threads, each with one request at a time, over a few clients and endpoints.
 *
 * <p>Everything that was answered is recorded. An upload holds a permit for a moment and gives it back; how many hold
 * one at once is counted here, where it is used.
 */
final class Traffic {
    /** Most grants recorded; traffic ends there, so that memory does. */
    private static final int GRANTS_MAX = 500_000;

    private static final String UPLOAD = "/upload";
    private static final List<String> ENDPOINTS =
            List.of("/search?q=tea", "/search/all", "/pay", "/order", "/order", "/browse", UPLOAD, "/home", "/home");

    private final QuorateClient client;
    private final String shop;
    private final String media;
    private final List<String> clients;
    private final long seed;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicIntegerArray uploading;
    private final List<Thread> threads = new ArrayList<>();

    private final List<GrantRecord> shopGrants = new ArrayList<>();
    private final Map<String, RuleCount> counts = new LinkedHashMap<>();
    private final Map<String, Long> unknownOrders = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();
    private long uploads;
    private long granted;
    private long denied;
    private long unknown;
    private String lastUnknown = "";

    /** What a rule said so far. */
    record RuleCount(long admitted, long denied) {}

    Traffic(QuorateClient client, String shop, String media, List<String> clients, long seed) {
        this.client = client;
        this.shop = shop;
        this.media = media;
        this.clients = clients;
        this.seed = seed;
        this.uploading = new AtomicIntegerArray(clients.size());
    }

    void start(int threadCount, long pauseMicros) {
        for (int i = 0; i < threadCount; i++) {
            Random random = new Random(seed + i);
            Thread thread = new Thread(() -> run(random, pauseMicros), "shopper-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Ends the traffic; every request is answered when this returns. */
    void stop() throws InterruptedException {
        stop.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void run(Random random, long pauseMicros) {
        while (!stop.get()) {
            int who = random.nextInt(clients.size());
            String endpoint = ENDPOINTS.get(random.nextInt(ENDPOINTS.size()));
            if (endpoint.equals(UPLOAD)) {
                upload(who);
            } else {
                shop(clients.get(who), endpoint, endpoint.equals("/pay") ? 1 + random.nextInt(3) : 1);
            }
            LockSupport.parkNanos(this, TimeUnit.MICROSECONDS.toNanos(pauseMicros));
        }
    }

    private void shop(String who, String endpoint, long cost) {
        Descriptor descriptor = Descriptor.of("client", who, "endpoint", endpoint);
        long sent = System.nanoTime();
        Result result = client.tryAcquire(new AcquireRequest(shop, descriptor, cost));
        long answered = System.nanoTime();
        record(result);
        if (result instanceof Result.Granted grant) {
            record(new GrantRecord(descriptor, cost, grant, sent, answered));
        } else if (result instanceof Result.Unknown open && open.maybeExecuted() && endpoint.equals("/order")) {
            recordUnknownOrder(who, cost);
        }
    }

    private void upload(int who) {
        Result result = client.tryAcquire(AcquireRequest.of(media, "client", clients.get(who)));
        record(result);
        if (!(result instanceof Result.Granted grant)) {
            return;
        }
        if (uploading.incrementAndGet(who) > 1) {
            violation("two uploads of " + clients.get(who) + " at once, but its limit is one");
        }
        LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(2));
        // Counted as over before the permit is given back: another caller may have it at once.
        uploading.decrementAndGet(who);
        RefundResult refund = client.refund(grant.receipt(), 1).join();
        if (refund instanceof RefundResult.Expired) {
            violation("a permit of " + clients.get(who) + " couldn't be given back: the grant isn't kept");
        }
        countUpload();
    }

    private synchronized void record(Result result) {
        if (result instanceof Result.Granted grant) {
            granted++;
            count(grant.rules());
        } else if (result instanceof Result.Denied denial) {
            denied++;
            count(denial.rules());
        } else if (result instanceof Result.Unknown open) {
            unknown++;
            lastUnknown = open.reason();
        }
    }

    private synchronized void record(GrantRecord grant) {
        shopGrants.add(grant);
        if (shopGrants.size() >= GRANTS_MAX) {
            stop.set(true);
        }
    }

    private synchronized void recordUnknownOrder(String who, long cost) {
        unknownOrders.merge(who, cost, Long::sum);
    }

    private synchronized void countUpload() {
        uploads++;
    }

    private void count(List<Result.RuleResult> rules) {
        for (Result.RuleResult rule : rules) {
            RuleCount before = counts.getOrDefault(rule.rule(), new RuleCount(0, 0));
            counts.put(
                    rule.rule(),
                    rule.allowed()
                            ? new RuleCount(before.admitted + 1, before.denied)
                            : new RuleCount(before.admitted, before.denied + 1));
        }
    }

    private synchronized void violation(String what) {
        violations.add(what);
    }

    /** The grants of the shop's requests; uploads give theirs back. */
    synchronized List<GrantRecord> grants() {
        return List.copyOf(shopGrants);
    }

    /** Uploads that had their permit and gave it back. */
    synchronized long uploads() {
        return uploads;
    }

    synchronized Map<String, RuleCount> counts() {
        return new LinkedHashMap<>(counts);
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** Orders of a client of which it isn't known whether they were taken. */
    synchronized long unknownOrders(String who) {
        return unknownOrders.getOrDefault(who, 0L);
    }

    synchronized Totals totals() {
        return new Totals(granted, denied, unknown, lastUnknown);
    }

    /** All answers so far. */
    record Totals(long granted, long denied, long unknown, String lastUnknown) {}
}
