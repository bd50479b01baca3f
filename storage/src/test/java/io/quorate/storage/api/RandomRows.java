package io.quorate.storage.api;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.ChargeResult;
import io.quorate.core.machine.CounterRow;
import io.quorate.core.machine.Session;
import io.quorate.core.machine.Session.Answer;
import io.quorate.core.machine.Session.Grant;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Holder;
import io.quorate.core.quota.CounterState.Taken;
import io.quorate.core.quota.Ledger;
import io.quorate.core.quota.Ledger.Lease;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Rows of every kind, by chance: as the machine could make them. */
public final class RandomRows {
    private static final long NOW_MILLIS = 1_795_000_000_000L;

    private final Random random;

    public RandomRows(Random random) {
        this.random = random;
    }

    /** One of {@code count} keys. */
    public QuotaKey key(int count) {
        int number = random.nextInt(count);
        return switch (number % 3) {
            case 0 -> QuotaKey.of("shop", "per-client", List.of("c" + number));
            case 1 -> QuotaKey.of("shop", "per-pair", List.of("grüße-" + number, "x".repeat(number % 200)));
            default -> QuotaKey.of("s" + number, "all", List.of());
        };
    }

    /** A row that isn't fresh. */
    public CounterRow counter() {
        CounterState state = state();
        if (random.nextInt(4) == 0) {
            CounterState inner = random.nextInt(4) == 0 ? CounterState.Fresh.INSTANCE : state;
            state = new CounterState.Leased(inner, ledger(1 + random.nextInt(random.nextBoolean() ? 5 : 100)));
        }
        return new CounterRow(1 + random.nextInt(1000), state);
    }

    public Ledger ledger(int size) {
        List<Lease> leases = new ArrayList<>();
        long session = 0;
        for (int i = 0; i < size; i++) {
            session += 1 + random.nextInt(10);
            long granted = random.nextInt(1 << random.nextInt(30));
            long spent = (long) (granted * random.nextDouble());
            long last = (long) (granted * random.nextDouble());
            leases.add(new Lease(
                    session,
                    1 + random.nextInt(3),
                    1 + random.nextInt(1000),
                    last,
                    last / 2,
                    random.nextInt(60_000),
                    granted,
                    spent,
                    (granted - spent) / 3,
                    NOW_MILLIS + random.nextInt(60_000),
                    1 + random.nextInt(1000)));
        }
        return Ledger.of(leases);
    }

    private CounterState state() {
        switch (random.nextInt(6)) {
            case 0:
                return new CounterState.Bucket(NOW_MILLIS + random.nextInt(), random.nextInt(1 << random.nextInt(30)));
            case 1:
                return new CounterState.Window(random.nextLong(), random.nextLong());
            case 2:
                return new CounterState.Sliding(random.nextInt(), random.nextInt(1000), random.nextInt(1000));
            case 3:
                return log(1 + random.nextInt(random.nextBoolean() ? 5 : 200));
            case 4:
                return permits(1 + random.nextInt(random.nextBoolean() ? 5 : 60));
            default:
                return new CounterState.Bucket(random.nextLong(), random.nextLong());
        }
    }

    public CounterState.Log log(int size) {
        List<Taken> taken = new ArrayList<>();
        long atMillis = random.nextInt(10) == 0 ? Long.MIN_VALUE : NOW_MILLIS;
        for (int i = 0; i < size; i++) {
            taken.add(new Taken(atMillis, 1 + random.nextInt(1000)));
            atMillis += 1 + random.nextInt(1000);
        }
        return new CounterState.Log(taken);
    }

    private CounterState.Permits permits(int size) {
        List<Holder> holders = new ArrayList<>();
        long expiresAtMillis = NOW_MILLIS;
        for (int i = 0; i < size; i++) {
            holders.add(new Holder(
                    new ChargeId(random.nextInt(100), random.nextInt(100_000)),
                    1 + random.nextInt(3),
                    expiresAtMillis));
            expiresAtMillis += random.nextInt(3);
        }
        return new CounterState.Permits(holders);
    }

    public Session session(long id) {
        long base = 1 + random.nextInt(100);
        List<Answer> answers = new ArrayList<>();
        long sequence = base;
        long index = 1000;
        for (int i = random.nextInt(8); i > 0; i--) {
            sequence += random.nextInt(3);
            answers.add(new Answer(
                    sequence,
                    random.nextLong(),
                    new Applied(index, random.nextInt(512), NOW_MILLIS + index, random.nextInt(9), outcome())));
            sequence++;
            index += random.nextInt(3);
        }
        List<Grant> grants = new ArrayList<>();
        long granted = 1;
        for (int i = random.nextInt(4); i > 0; i--) {
            granted += 1 + random.nextInt(5);
            long cost = 1 + random.nextInt(10);
            List<Charge> charges = new ArrayList<>();
            for (int c = random.nextInt(3); c >= 0; c--) {
                charges.add(new Charge(key(1000), 1 + random.nextInt(9), Mode.values()[random.nextInt(2)]));
            }
            grants.add(new Grant(
                    granted,
                    cost,
                    random.nextInt((int) cost),
                    NOW_MILLIS,
                    NOW_MILLIS + 60_000,
                    random.nextBoolean(),
                    charges));
        }
        return Session.restore(
                id,
                "client-" + id,
                NOW_MILLIS + random.nextInt(1000),
                base,
                answers,
                grants,
                random.nextInt(2) * random.nextInt(1000));
    }

    private Outcome outcome() {
        switch (random.nextInt(6)) {
            case 0:
                List<ChargeResult> results = new ArrayList<>();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    results.add(new ChargeResult(
                            random.nextBoolean(), random.nextInt(1000), random.nextInt(3) - 1, random.nextInt()));
                }
                return new Outcome.Acquired(random.nextBoolean(), results);
            case 1:
                return new Outcome.Refunded(random.nextInt(1000));
            case 2:
                return new Outcome.SessionOpened(random.nextInt(1000), 60_000);
            case 3:
                return new Outcome.Done(random.nextInt(1000));
            case 4:
                return new Outcome.RulesPut(random.nextInt(1000), random.nextBoolean());
            default:
                Outcome.Reason[] reasons = Outcome.Reason.values();
                return new Outcome.Refused(reasons[random.nextInt(reasons.length)]);
        }
    }

    public LimitDefinition limit(int limitId) {
        return new LimitDefinition(limitId, limit());
    }

    private Limit limit() {
        Algorithm algorithm = Algorithm.values()[random.nextInt(6)];
        long amount = 1 + random.nextInt(1000);
        boolean bucket = algorithm == Algorithm.TOKEN_BUCKET || algorithm == Algorithm.GCRA;
        return new Limit(algorithm, amount, 1 + random.nextInt(100_000), bucket ? 1 + random.nextInt(500) : amount);
    }

    private LeaseTerms leaseTerms(Limit limit) {
        return switch (random.nextInt(3)) {
            case 0 -> LeaseTerms.DEFAULT;
            case 1 -> LeaseTerms.OFF;
            default -> new LeaseTerms(true, random.nextInt((int) limit.capacity() + 1), 100 + random.nextInt(1000));
        };
    }

    public AppliedRules rules(String namespace, long version) {
        List<NumberedRule> rules = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            List<EntryMatch> match = List.of(
                    new EntryMatch("client", new Pattern.Any()),
                    new EntryMatch("path", new Pattern.Prefix("/search")),
                    new EntryMatch("method", new Pattern.Exact("GET*")));
            Limit limit = limit();
            Rule rule = new Rule(
                    "rule-" + i,
                    match.subList(0, random.nextInt(4)),
                    limit,
                    Mode.values()[random.nextInt(2)],
                    leaseTerms(limit),
                    random.nextBoolean() ? FailureTerms.DENY : new FailureTerms(1 + random.nextInt(1000), 1000));
            rules.add(new NumberedRule(rule, 1 + random.nextInt(1000)));
        }
        Optional<String> colocate = random.nextBoolean() ? Optional.of("client") : Optional.empty();
        return new AppliedRules(namespace, version, colocate, rules);
    }
}
