package io.quorate.benchmarks;

import io.quorate.client.lease.Answer;
import io.quorate.client.lease.FixedSizing;
import io.quorate.client.lease.LeaseEnvironment;
import io.quorate.client.lease.LeaseSettings;
import io.quorate.client.lease.Leases;
import io.quorate.client.lease.Pocket;
import io.quorate.client.lease.Renewal;
import io.quorate.client.lease.RenewalReply;
import io.quorate.client.lease.RequestKey;
import io.quorate.client.lease.Resolved;
import io.quorate.client.lease.Waiter;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Leases that hold more of each key than a benchmark can spend, ticked by a thread as by a client's loop. */
final class FilledLeases implements AutoCloseable {
    private static final long TOKENS = 500_000_000_000L;
    private static final int VALID_MILLIS = 24 * 3600 * 1000;

    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "leases");
        thread.setDaemon(true);
        return thread;
    });
    final Leases leases;

    /** Leases for {@code client-0} and on, under so many rules that each match every client. */
    FilledLeases(int keys, int rules) {
        record Sent(Pocket pocket, Renewal renewal) {}
        List<Sent> sent = new ArrayList<>();
        LeaseSettings standard = LeaseSettings.standard();
        LeaseSettings settings = new LeaseSettings(
                standard.clockPeriodNanos(),
                4 * keys + 1000,
                2 * keys * rules + 1000,
                standard.waitersMax(),
                standard.fallbackAfterNanos(),
                standard.renewalMinNanos(),
                standard.renewalMaxNanos(),
                standard.retryMinNanos(),
                standard.retryMaxNanos(),
                TimeUnit.DAYS.toNanos(1),
                false,
                FixedSizing.of(TOKENS));
        this.leases = new Leases(
                settings,
                new LeaseEnvironment(
                        System::nanoTime,
                        System::currentTimeMillis,
                        new Random(1),
                        (pocket, renewal, haste) -> sent.add(new Sent(pocket, renewal)),
                        () -> {},
                        slot -> 1));
        List<NumberedRule> numbered = new ArrayList<>();
        for (int i = 1; i <= rules; i++) {
            numbered.add(new NumberedRule(
                    new Rule(
                            "rule-" + i,
                            List.of(new EntryMatch("client", new Pattern.Any())),
                            Limit.of(Algorithm.TOKEN_BUCKET, Limit.AMOUNT_MAX, 1000),
                            Mode.ENFORCE),
                    i));
        }
        leases.learn(new CompiledRules(new AppliedRules("bench", 1, Optional.empty(), numbered)));
        for (int i = 0; i < keys; i++) {
            leases.acquire(find(i), new Once());
            for (Sent each : sent) {
                long need = each.renewal().need();
                leases.renewed(
                        each.pocket(),
                        each.renewal(),
                        new RenewalReply(need + TOKENS, need, VALID_MILLIS, 1000, false, false, 0, false, 0));
            }
            sent.clear();
            if (find(i).tryAcquire(1) != Answer.LEASED) {
                throw new IllegalStateException("key " + i + " isn't leased");
            }
        }
        long period = settings.clockPeriodNanos();
        var unused = loop.scheduleAtFixedRate(leases::tick, period, period, TimeUnit.NANOSECONDS);
    }

    /** A request equal to others for the same client, but not the same object. */
    static RequestKey request(int client) {
        return new RequestKey("bench", Descriptor.of("client", "client-" + client));
    }

    Resolved find(int client) {
        Resolved found = leases.find(request(client));
        if (found == null) {
            throw new IllegalStateException("the rules aren't known");
        }
        return found;
    }

    @Override
    public void close() {
        loop.shutdownNow();
    }

    private record Once() implements Waiter {
        @Override
        public long cost() {
            return 1;
        }

        @Override
        public long deadlineNanos() {
            return System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        }

        @Override
        public void answered(Answer answer, long retryAfterNanos) {}
    }
}
