package io.quorate.benchmarks;

import io.quorate.client.lease.Answer;
import io.quorate.client.lease.LeaseEnvironment;
import io.quorate.client.lease.LeaseSettings;
import io.quorate.client.lease.Leases;
import io.quorate.client.lease.Pocket;
import io.quorate.client.lease.Renewal;
import io.quorate.client.lease.RenewalLink.Haste;
import io.quorate.client.lease.RequestKey;
import io.quorate.client.lease.Resolved;
import io.quorate.client.lease.Waiter;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * One scenario in virtual time: the clients' leases, the leader's policy and the ledger are the product's own, the
 * network and the log between them are drawn, as in the simulation by which the policy was designed (THEORY 6.4). So
 * what differs from that simulation is the product's doing, and what differs from the real cluster is the machine's.
 */
final class VirtualScenarioRun {
    private static final RequestKey REQUEST = new RequestKey("virtual", new Descriptor(List.of()));
    /** One way to the leader or back: half of it at least. */
    private static final double WAY_NANOS = 300_000;
    /** From the leader's policy until the entry is applied: at least, and on average more. */
    private static final double COMMIT_NANOS = 1_500_000;

    private static final double COMMIT_MORE_NANOS = 1_000_000;
    /** As in the client: renewals that nobody waits for wait for others. */
    private static final long COMPANY_NANOS = 5_000_000;

    private static final long SPACING_NANOS = 1_000_000;
    /** As the client's timeout. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Arrivals arrivals;
    private final VirtualCounter counter;
    private final SplittableRandom random;
    private final double slower;
    private final LeaseTally tally;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Client[] clients;
    private long nowNanos;
    private long order;
    private long requests;
    private boolean counting;

    private record Event(long atNanos, long order, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** {@code slower}: how many times longer than in the simulation the way to the log and back takes. */
    VirtualScenarioRun(
            LeaseScenario scenario, Arrivals arrivals, VirtualCounter counter, LeaseSettings settings, double slower) {
        this.arrivals = arrivals;
        this.counter = counter;
        this.random = new SplittableRandom(arrivals.count());
        this.slower = slower;
        this.tally = new LeaseTally(scenario, 0);
        CompiledRules rules = new CompiledRules(new AppliedRules(
                "virtual",
                1,
                Optional.empty(),
                List.of(new NumberedRule(new Rule("all", List.of(), counter.limit(), Mode.ENFORCE), 1))));
        this.clients = new Client[scenario.clients()];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = new Client(i, settings, rules);
        }
    }

    LeaseTally.Figures measure(int warmSeconds) {
        long warmNanos = TimeUnit.SECONDS.toNanos(warmSeconds);
        long expiredBefore = 0;
        for (int i = 0; i < arrivals.count(); i++) {
            long at = arrivals.atNanos(i);
            happenUntil(at);
            nowNanos = at;
            if (!counting && at >= warmNanos) {
                counting = true;
                expiredBefore = expired();
            }
            tally.asked(arrivals.client(i), at, counting);
            clients[arrivals.client(i)].ask(counting);
        }
        double seconds = (nowNanos - warmNanos) / 1e9;
        happenUntil(nowNanos + PATIENCE_NANOS);
        return tally.figures(seconds, requests, expired() - expiredBefore);
    }

    private long expired() {
        long sum = 0;
        for (Client client : clients) {
            sum += client.leases.totals().stranded();
        }
        return sum;
    }

    private void happenUntil(long atNanos) {
        for (Event next = events.peek(); next != null && next.atNanos() <= atNanos; next = events.peek()) {
            events.remove();
            nowNanos = next.atNanos();
            next.what().run();
        }
    }

    private void in(double nanos, Runnable what) {
        events.add(new Event(nowNanos + (long) nanos, order++, what));
    }

    private double exponential(double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }

    private double wayNanos() {
        return slower * (WAY_NANOS / 2 + exponential(WAY_NANOS / 2));
    }

    private double commitNanos() {
        return slower * (COMMIT_NANOS + exponential(COMMIT_MORE_NANOS));
    }

    private void sent() {
        requests += counting ? 1 : 0;
    }

    /** One client: its leases, and what is around them in the SDK. */
    private final class Client {
        private final int index;
        private final Leases leases;
        private final long tickNanos;
        private final List<Runnable> gathered = new ArrayList<>();
        private Resolved resolved;
        private boolean ticking;
        private boolean looks;
        private long leftAtNanos = -SPACING_NANOS;

        Client(int index, LeaseSettings settings, CompiledRules rules) {
            this.index = index;
            this.tickNanos = settings.clockPeriodNanos();
            this.leases = new Leases(
                    settings,
                    new LeaseEnvironment(
                            () -> nowNanos,
                            () -> nowNanos / 1_000_000,
                            new SplittableRandom(index),
                            this::gather,
                            () -> looks = true,
                            slot -> 1));
            leases.learn(rules);
            this.resolved = Objects.requireNonNull(leases.find(REQUEST));
        }

        void ask(boolean counted) {
            if (!resolved.current()) {
                resolved = Objects.requireNonNull(leases.find(REQUEST));
            }
            long asked = nowNanos;
            Answer here = resolved.tryAcquire(1);
            if (here.decided()) {
                tally.answeredHere(index, here.granted(), nowNanos, counted);
            } else {
                leases.acquire(resolved, new Waiter() {
                    @Override
                    public long cost() {
                        return 1;
                    }

                    @Override
                    public long deadlineNanos() {
                        return asked + PATIENCE_NANOS;
                    }

                    @Override
                    public void answered(Answer answer, long retryAfterNanos) {
                        if (answer.decided()) {
                            tally.answeredLater(index, answer.granted(), nowNanos, nowNanos - asked, counted);
                        } else {
                            askLeader(asked, counted);
                        }
                    }
                });
            }
            lookAndTick();
        }

        private void askLeader(long asked, boolean counted) {
            sent();
            in(wayNanos() + commitNanos(), () -> {
                boolean granted = counter.acquire(nowNanos);
                in(wayNanos(), () -> tally.answeredLater(index, granted, nowNanos, nowNanos - asked, counted));
            });
        }

        private void lookAndTick() {
            if (looks) {
                looks = false;
                leases.look();
            }
            if (!ticking && !leases.idle()) {
                ticking = true;
                in(tickNanos, () -> {
                    ticking = false;
                    leases.tick();
                    lookAndTick();
                });
            }
        }

        private void gather(Pocket pocket, Renewal renewal, Haste haste) {
            gathered.add(() -> travel(pocket, renewal));
            in(
                    switch (haste) {
                        case NOW -> 0;
                        case SOON -> Math.max(0, leftAtNanos + SPACING_NANOS - nowNanos);
                        case LEISURE -> COMPANY_NANOS;
                    },
                    this::leave);
        }

        private void leave() {
            if (!gathered.isEmpty()) {
                sent();
                leftAtNanos = nowNanos;
                List<Runnable> frame = List.copyOf(gathered);
                gathered.clear();
                frame.forEach(Runnable::run);
            }
        }

        private void travel(Pocket pocket, Renewal renewal) {
            in(wayNanos(), () -> {
                VirtualCounter.Asked asked = counter.ask(index, renewal, nowNanos);
                in(commitNanos(), () -> {
                    var reply = counter.apply(asked, nowNanos);
                    in(wayNanos(), () -> {
                        leases.renewed(pocket, renewal, reply);
                        lookAndTick();
                    });
                });
            });
        }
    }
}
