package io.quorate.chaos.fault;

import static org.awaitility.Awaitility.await;

import io.quorate.chaos.check.GrantHistory;
import io.quorate.chaos.check.Use;
import io.quorate.chaos.check.UseBounds;
import io.quorate.chaos.check.UseLog;
import io.quorate.chaos.substrate.ClusterView;
import io.quorate.chaos.substrate.Substrate;
import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.Result;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that acquire from the leaders, and processes that spend with leases, while others inject faults; and what
 * must be true of it all afterwards.
 */
final class Load implements AutoCloseable {
    private static final int CLIENTS = 12;
    private static final int THREADS = 6;
    private static final int SPENDERS = 2;
    private static final long LEASE_MILLIS = 1_000;
    private static final Limit TOTAL = Limit.of(
            Algorithm.FIXED_WINDOW, 1_000_000_000, Duration.ofDays(36_500).toMillis());
    private static final Limit RATE = new Limit(Algorithm.GCRA, 50, 1_000, 20);
    private static final int CALM_HELD_MAX = 400;
    private static final Limit BUCKET = new Limit(Algorithm.TOKEN_BUCKET, 2_000, 1_000, 1_000);

    private final ClusterView view;
    private final QuorateClient client;
    private final GrantHistory history = new GrantHistory();
    private final AtomicLong denied = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();
    private final Spenders spenders;

    /** Applies the rules and starts. */
    Load(Substrate substrate, ClusterView view, Path directory, long seed) {
        this.view = view;
        this.client = QuorateClient.builder()
                .leases(false)
                .endpoints(substrate.clientEndpoints().split(",", -1))
                .name("load")
                .build();
        client.admin().applyRules(rules(), OptionalLong.empty());
        lease("bucket", BUCKET, new LeaseTerms(true, 0, LEASE_MILLIS));
        lease("calm", TOTAL, new LeaseTerms(true, CALM_HELD_MAX, LEASE_MILLIS));
        this.spenders = new Spenders(new Spenders.Plan(
                directory,
                substrate.clientEndpoints().split(",", -1),
                List.of("bucket:0:3", "calm:300:1"),
                List.of("bucket:4000:3", "calm:4000:1"),
                LEASE_MILLIS));
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < SPENDERS; i++) {
            spenders.add(random);
        }
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom its = random.split();
            Thread thread = new Thread(() -> ask(its), "load-" + i);
            thread.start();
            threads.add(thread);
        }
    }

    private void lease(String namespace, Limit limit, LeaseTerms terms) {
        Rule rule = new Rule("all", List.of(), limit, Mode.ENFORCE, terms, FailureTerms.DENY);
        client.admin().applyRules(new RuleSet(namespace, Optional.empty(), List.of(rule)), OptionalLong.empty());
    }

    Spenders spenders() {
        return spenders;
    }

    int grants() {
        return history.size() / 2;
    }

    /** Waits until so many more were granted. */
    void awaitGrants(int more) {
        int before = grants();
        await().atMost(Duration.ofSeconds(60)).until(() -> grants() >= before + more);
    }

    /** Stops asking, and gives whatever is wrong; empty if nothing is. */
    List<String> violations() throws IOException, InterruptedException {
        stop.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        List<String> wrong = new ArrayList<>(spenders.end());
        view.awaitWhole(Duration.ofSeconds(60));
        try {
            view.awaitSameState(Duration.ofSeconds(30));
        } catch (IllegalStateException e) {
            wrong.add(String.valueOf(e.getMessage()));
        }
        Map<String, Limit> limits = new HashMap<>();
        long beyond = 0;
        for (int i = 0; i < CLIENTS; i++) {
            limits.put("rate/" + i, RATE);
            limits.put("total/" + i, TOTAL);
            long used = client.admin()
                    .key("load", "total", List.of(String.valueOf(i)))
                    .used();
            long acknowledged = history.taken("total/" + i);
            if (used < acknowledged) {
                wrong.add("S7: of client " + i + " " + acknowledged + " tokens were acknowledged, counted " + used);
            }
            beyond += Math.max(0, used - acknowledged);
        }
        if (beyond > unknown.get() * 3) {
            wrong.add("S4: " + beyond + " tokens are counted that nobody was granted; " + unknown
                    + " requests of at most 3 tokens have an unknown outcome");
        }
        wrong.addAll(history.violations(limits));
        leased().ifPresent(wrong::add);
        bucket().filter(w -> w.over() > 0).ifPresent(w -> wrong.add("S2: the bucket was passed: " + w));
        return wrong;
    }

    /** What was asked, for people. */
    String text() throws IOException {
        return "%,d grants, %,d denied, %,d unknown; bucket: %s"
                .formatted(
                        grants(),
                        denied.get(),
                        unknown.get(),
                        bucket().map(UseBounds.Worst::toString).orElse("unused"));
    }

    private Optional<UseBounds.Worst> bucket() throws IOException {
        return UseBounds.bucket(BUCKET, uses("bucket"));
    }

    private List<Use> uses(String namespace) throws IOException {
        List<Use> uses = new ArrayList<>();
        for (Path log : spenders.useLogs(namespace)) {
            if (Files.exists(log)) { // one that was killed at once has none
                uses.addAll(UseLog.read(log));
            }
        }
        return uses;
    }

    /** When no lease is left, whatever was spent of any is counted. */
    private Optional<String> leased() throws IOException {
        await("the last lease's end")
                .atMost(Duration.ofSeconds(30))
                .until(() ->
                        client.admin().key("calm", "all", List.of()).leases().isEmpty());
        long used = uses("calm").stream()
                .filter(Use::granted)
                .mapToLong(Use::tokens)
                .sum();
        long counted = client.admin().key("calm", "all", List.of()).used();
        return counted < used
                ? Optional.of("S3: " + used + " leased tokens were used, " + counted + " are counted")
                : Optional.empty();
    }

    private void ask(SplittableRandom random) {
        while (!stop.get()) {
            int who = random.nextInt(CLIENTS);
            long cost = 1 + random.nextInt(3);
            long asked = System.nanoTime();
            Result result = client.tryAcquire(
                    AcquireRequest.of("load", "client", String.valueOf(who)).withCost(cost));
            long answered = System.nanoTime();
            if (result instanceof Result.Granted granted) {
                for (String rule : List.of("rate/", "total/")) {
                    history.add(new GrantHistory.Grant(
                            rule + who, cost, positionOf(granted.position(), rule), asked, answered));
                }
            } else if (result instanceof Result.Denied) {
                denied.incrementAndGet();
            } else {
                unknown.incrementAndGet();
            }
        }
    }

    /** Both counters of a request stand at one position; to the checker they are two logs. */
    private static Result.Position positionOf(Result.Position p, String rule) {
        int log = rule.startsWith("rate") ? p.group() : 100 + p.group();
        return new Result.Position(log, p.index(), p.position(), p.logTimeMillis(), p.rulesVersion());
    }

    private static RuleSet rules() {
        List<EntryMatch> each = List.of(new EntryMatch("client", new Pattern.Any()));
        return new RuleSet(
                "load",
                Optional.of("client"),
                List.of(new Rule("rate", each, RATE, Mode.ENFORCE), new Rule("total", each, TOTAL, Mode.ENFORCE)));
    }

    @Override
    public void close() {
        stop.set(true);
        spenders.close();
        client.close();
    }
}
