package io.quorate.client.api;

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
import io.quorate.client.route.ClientLoop;
import io.quorate.client.route.RulesWatch;
import io.quorate.client.route.Target;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.quota.Slots;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import io.quorate.protocol.RuleMessages;
import io.quorate.protocol.v1.Push;
import io.quorate.protocol.v1.Rules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/*
 * Where the pieces meet. Any thread resolves a request and spends (client.lease); what it can't decide goes to the
 * loop,
 * where it joins a renewal, or is sent to the leader by itself. Renewals gather while a burst lasts, those that
 * somebody waits for leave with it, others wait a little for company; one frame takes those of one namespace and group.
 *
 * A namespace's rules are watched from the first request that names it; until they are known its requests go to the
 * leader, as they do when there is no room for more namespaces.
 */

/** The client's leases, wired to its loop. What isn't said to be for any thread is the loop's. */
final class LeasedAcquires {
    /** Namespaces whose rules are watched; requests of others are decided by their leaders. */
    private static final int NAMESPACES_MAX = 1_024;

    private static final long RETURN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RETURN_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long STATS_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** What nobody will miss waits so long for others. */
    private static final long COMPANY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Unless somebody waits, frames leave so far from each other. */
    private static final long SPACING_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ClientLoop loop;
    private final LeaseSettings settings;
    private final Leases leases;
    /** Requests on their way to the loop. */
    private final AtomicInteger asked = new AtomicInteger();

    private final int askedMax;
    private final Map<String, Boolean> watched = new ConcurrentHashMap<>();
    private final Map<Destination, List<RenewalCall.Item>> gathered = new LinkedHashMap<>();
    private final Map<String, LimitNumbers> numbers = new HashMap<>();
    private boolean leaving;
    private boolean leaveComing;
    private long leaveAtNanos;
    private long leftAtNanos;
    private boolean ticking;
    private boolean closed;
    private volatile LeaseStats last = LeaseStats.NONE;

    private final LongAdder renewalDecided = new LongAdder();
    private final LongAdder leaderAsked = new LongAdder();
    private final LongAdder leaderGranted = new LongAdder();
    private final LongAdder leaderDenied = new LongAdder();
    private final LongAdder fallbackAllowed = new LongAdder();
    private final LongAdder fallbackDenied = new LongAdder();
    private final LongAdder renewals = new LongAdder();
    private final LongAdder frames = new LongAdder();

    private record Destination(int group, String namespace) {}

    LeasedAcquires(ClientLoop loop, LeaseSettings settings, int dataGroups) {
        this.loop = loop;
        this.askedMax = loop.inFlightMax();
        this.settings = settings;
        this.leases = new Leases(
                settings,
                new LeaseEnvironment(
                        loop.clock()::nanoTime,
                        loop::wallMillis,
                        loop.newRandom(),
                        this::gather,
                        this::wake,
                        slot -> Slots.groupOf(slot, dataGroups).value()));
        this.leftAtNanos = loop.clock().nanoTime() - SPACING_NANOS;
    }

    // ---- on any thread

    /** What a request is counted by; null if that isn't known (yet), or can't be leased: ask the leader. */
    @Nullable
    Resolved find(RequestKey request) {
        Resolved found = leases.find(request);
        if (found == null) {
            if (!watched.containsKey(request.namespace())) {
                watch(request.namespace());
            }
            return null;
        }
        // That no rule matches holds only as long as nobody adds one, and no lease says how long that is.
        return found.isUncounted() ? null : found;
    }

    /** Decides here if possible; null if the loop or the leader must be asked. Allocates only to deny. */
    @Nullable
    Result decide(Resolved resolved, long cost) {
        Answer answer = resolved.tryAcquire(cost);
        return answer == Answer.LEASED ? Result.Granted.BY_LEASE : result(answer, resolved, cost);
    }

    private @Nullable Result result(Answer answer, Resolved resolved, long cost) {
        return switch (answer) {
            case LEASED -> Result.Granted.BY_LEASE;
            case GRANTED -> {
                renewalDecided.increment();
                yield Result.Granted.WITH_RENEWAL;
            }
            case DENIED -> LocalDenials.of(resolved, cost, Result.Source.LEASE);
            case FALLBACK_ALLOWED -> {
                fallbackAllowed.increment();
                yield Result.Granted.BY_FALLBACK;
            }
            case FALLBACK_DENIED -> {
                fallbackDenied.increment();
                yield LocalDenials.of(resolved, cost, Result.Source.FALLBACK);
            }
            case ASK, STALE -> null;
        };
    }

    /** Has the loop decide what this thread couldn't; {@code then} gets the result, or null: ask the leader. */
    void ask(Resolved resolved, long cost, long deadlineNanos, Consumer<@Nullable Result> then) {
        if (asked.incrementAndGet() > askedMax) {
            asked.decrementAndGet();
            then.accept(
                    new Result.Unknown(askedMax + " requests wait already; the client takes no more at once", false));
            return;
        }
        boolean running = loop.tryExecute(() -> {
            asked.decrementAndGet();
            if (closed) {
                then.accept(null);
                return;
            }
            leases.acquire(resolved, new Waiter() {
                @Override
                public long cost() {
                    return cost;
                }

                @Override
                public long deadlineNanos() {
                    return deadlineNanos;
                }

                @Override
                public void answered(Answer answer, long retryAfterNanos) {
                    then.accept(result(answer, resolved, cost));
                }
            });
            tickIfNeeded();
        });
        if (!running) {
            then.accept(null);
        }
    }

    /** A request is sent to its leader by itself. */
    void leaderAsked() {
        leaderAsked.increment();
    }

    /** The leader has decided such a request. */
    void leaderDecided(boolean granted) {
        (granted ? leaderGranted : leaderDenied).increment();
    }

    /** Waits for the loop, unless it has ended: then it is what it was when the client was closed. */
    LeaseStats stats() {
        if (loop.inLoop()) {
            return count();
        }
        CompletableFuture<LeaseStats> counted = new CompletableFuture<>();
        if (!loop.tryExecute(() -> counted.complete(count()))) {
            return last;
        }
        LeaseStats stats = Answering.uninterruptibly(counted, STATS_NANOS);
        return stats == null ? last : stats;
    }

    private LeaseStats count() {
        Leases.Totals totals = leases.totals();
        last = new LeaseStats(
                totals.spent(),
                totals.denied(),
                fallbackAllowed.sum(),
                fallbackDenied.sum(),
                renewalDecided.sum(),
                totals.deniedWaiting(),
                leaderAsked.sum(),
                leaderGranted.sum(),
                leaderDenied.sum(),
                renewals.sum(),
                frames.sum(),
                totals.granted(),
                totals.returned(),
                totals.expired(),
                totals.stranded(),
                totals.held(),
                totals.counters());
        return last;
    }

    private void watch(String namespace) {
        if (watched.size() < NAMESPACES_MAX && watched.putIfAbsent(namespace, true) == null) {
            var unused = loop.tryExecute(() -> {
                if (!closed) {
                    loop.router().watch().watch(namespace, new NamespaceListener(namespace));
                }
            });
        }
    }

    private void wake() {
        var unused = loop.tryExecute(() -> {
            if (!closed) {
                leases.look();
                tickIfNeeded();
            }
        });
    }

    // ---- on the loop

    private void tickIfNeeded() {
        if (!ticking && !closed && !leases.idle()) {
            ticking = true;
            loop.executeAfter(settings.clockPeriodNanos(), this::tick);
        }
    }

    private void tick() {
        ticking = false;
        if (!closed) {
            leases.tick();
            tickIfNeeded();
        }
    }

    private void gather(Pocket pocket, Renewal renewal, Haste haste) {
        renewals.increment();
        gathered.computeIfAbsent(
                        new Destination(
                                pocket.target().group(), pocket.target().key().namespace()),
                        d -> new ArrayList<>())
                .add(new RenewalCall.Item(pocket, renewal));
        // What leaves at once leaves after the burst, so that it takes along what the burst brings.
        leaveAt(
                switch (leaving ? Haste.NOW : haste) {
                    case NOW -> 0;
                    case SOON ->
                        Math.max(0, leftAtNanos + SPACING_NANOS - loop.clock().nanoTime());
                    case LEISURE -> COMPANY_NANOS;
                });
    }

    /** Has what is gathered leave after so long; it may leave earlier. */
    private void leaveAt(long nanos) {
        long at = loop.clock().nanoTime() + nanos;
        if (leaveComing && at - leaveAtNanos >= 0) {
            return;
        }
        leaveComing = true;
        leaveAtNanos = at;
        if (nanos <= 0) {
            loop.execute(this::leave);
        } else {
            loop.executeAfter(nanos, this::leave);
        }
    }

    private void leave() {
        leaveComing = false;
        if (gathered.isEmpty()) {
            return; // it left with an earlier one
        }
        leftAtNanos = loop.clock().nanoTime();
        Map<Destination, List<RenewalCall.Item>> all = new LinkedHashMap<>(gathered);
        gathered.clear();
        all.forEach((destination, items) -> {
            for (int from = 0; from < items.size(); from += RenewalCall.RENEWALS_MAX) {
                int to = Math.min(items.size(), from + RenewalCall.RENEWALS_MAX);
                send(destination, items.subList(from, to));
            }
        });
    }

    private void send(Destination destination, List<RenewalCall.Item> items) {
        frames.increment();
        long now = loop.clock().nanoTime();
        leases.timeout().expect(loop.router().watch().roundTripNanos());
        CompiledRules rules = leases.rules(destination.namespace());
        long version = rules == null ? 0 : rules.rules().version();
        loop.router()
                .sendInternal(new RenewalCall(
                        new RenewalCall.Sender(leases, loop.clock()::nanoTime),
                        new Target.Leader(destination.group()),
                        new RenewalCall.Frame(destination.namespace(), version, items),
                        now + leases.timeout().nanos(),
                        loop.router().watch()::refresh));
    }

    /**
     * Returns what is held, before the client closes; {@code whenDone} runs when the leaders have it, or after a
     * time: what
     * they don't get then, they have back when the leases expire.
     */
    void close(Runnable whenDone) {
        leaving = true;
        leases.returnAll();
        awaitReturned(loop.clock().nanoTime() + RETURN_NANOS, whenDone);
    }

    private void awaitReturned(long deadlineNanos, Runnable whenDone) {
        if (closed || leases.idle() || loop.clock().nanoTime() - deadlineNanos >= 0) {
            var unused = count();
            closed = true;
            whenDone.run();
        } else {
            loop.executeAfter(RETURN_LOOK_NANOS, () -> awaitReturned(deadlineNanos, whenDone));
        }
    }

    /** Takes over what the cluster says of one namespace. */
    private final class NamespaceListener implements RulesWatch.Listener {
        private final String namespace;

        NamespaceListener(String namespace) {
            this.namespace = namespace;
        }

        @Override
        public void rules(Rules.Namespace message) {
            CompiledRules known = leases.rules(namespace);
            if (known != null && known.rules().version() >= message.getVersion()) {
                return;
            }
            AppliedRules applied =
                    numbers.computeIfAbsent(namespace, n -> new LimitNumbers()).applied(message);
            leases.learn(known == null ? new CompiledRules(applied) : known.next(applied));
            tickIfNeeded();
        }

        @Override
        public void none() {
            leases.forget(namespace);
        }

        @Override
        public void recalled(Push.Recalled recalled) {
            leases.recall(QuotaKey.of(recalled.getNamespace(), recalled.getRule(), recalled.getValuesList()));
        }
    }

    /** Numbers for the limits of one namespace's rules: the same for a rule as long as its limit stays. */
    private static final class LimitNumbers {
        private Map<String, NumberedRule> byRule = new HashMap<>();
        private int last;

        AppliedRules applied(Rules.Namespace message) {
            RuleSet set = RuleMessages.ruleSet(message);
            Map<String, NumberedRule> next = new HashMap<>();
            List<NumberedRule> rules = new ArrayList<>();
            for (Rule rule : set.rules()) {
                NumberedRule before = byRule.get(rule.id());
                NumberedRule numbered = numbered(rule, before);
                next.put(rule.id(), numbered);
                rules.add(numbered);
            }
            byRule = next;
            return new AppliedRules(
                    set.namespace(), message.getVersion(), set.colocate(), message.getAsOfMillis(), rules);
        }

        /** A rule that stays the same is the same object, so that compiling the new rules costs what changed. */
        private NumberedRule numbered(Rule rule, @Nullable NumberedRule before) {
            if (before != null && before.rule().equals(rule)) {
                return before;
            }
            if (before != null && before.rule().effect().equals(rule.effect())) {
                return new NumberedRule(rule, before.limitId());
            }
            return new NumberedRule(rule, rule.isLimited() ? ++last : NumberedRule.NO_LIMIT);
        }
    }
}
