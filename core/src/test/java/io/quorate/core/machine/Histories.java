package io.quorate.core.machine;

import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.Command.Acquire;
import io.quorate.core.command.Command.CloseSession;
import io.quorate.core.command.Command.FenceRules;
import io.quorate.core.command.Command.OpenSession;
import io.quorate.core.command.Command.PutRules;
import io.quorate.core.command.Command.Refund;
import io.quorate.core.command.Command.RenewLease;
import io.quorate.core.command.Command.Reset;
import io.quorate.core.command.Command.Sweep;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/** Random log entries: crowded sessions, few keys, changing limits, repeats, reorders, and content that is wrong. */
public final class Histories {
    private static final int KEYS = 6;

    private final Random random;
    private final List<LimitDefinition> limits = new ArrayList<>();
    private final List<Command> sent = new ArrayList<>();
    private final long[] nextSequence = new long[64];
    private final long[] lastLease = new long[64];
    private final long[][] lease = new long[64][KEYS];
    private final long[][] renewals = new long[64][KEYS];
    private long sessionsOpened = 1;
    private long nowMillis = 5_000;
    private long rulesVersion;

    public Histories(Random random) {
        this.random = random;
        for (int id = 1; id <= 9; id++) {
            limits.add(new LimitDefinition(id, limit()));
        }
        // Numbers are given for ever; a sender that says otherwise must change nothing.
        limits.add(new LimitDefinition(4, limit()));
        limits.add(new LimitDefinition(0, limit()));
        limits.add(new LimitDefinition(-3, limit()));
    }

    private Limit limit() {
        Algorithm algorithm = Algorithm.values()[random.nextInt(Algorithm.values().length)];
        return Limit.of(algorithm, 1 + random.nextInt(8), 1 + random.nextInt(400));
    }

    public LogEntry entry(int commandsMax) {
        nowMillis += random.nextInt(5) == 0 ? random.nextInt(300) - 50 : random.nextInt(8);
        List<Command> commands = new ArrayList<>();
        for (int i = random.nextInt(commandsMax + 1); i > 0; i--) {
            commands.add(next());
        }
        return new LogEntry(nowMillis, rulesVersion - (random.nextInt(10) == 0 ? 1 : 0), limits, commands);
    }

    private Command next() {
        int dice = random.nextInt(100);
        if (dice < 45) {
            return remember(acquire());
        }
        if (dice < 60) {
            return remember(renewal());
        }
        if (dice < 72) {
            return remember(refund());
        }
        if (dice < 84 && !sent.isEmpty()) {
            return sent.get(sent.size() - 1 - random.nextInt(Math.min(20, sent.size())));
        }
        if (dice < 89) {
            sessionsOpened++;
            return new OpenSession("client");
        }
        if (dice < 90) {
            return new CloseSession(session());
        }
        if (dice < 92) {
            return new Reset(key());
        }
        if (dice < 95) {
            return new Sweep(random.nextInt(5));
        }
        if (dice < 97) {
            rulesVersion += random.nextInt(3) == 0 ? 1 : 0;
            return new FenceRules(rulesVersion);
        }
        return random.nextInt(20) == 0 ? putRules() : remember(acquire());
    }

    private Command remember(Command command) {
        sent.add(command);
        return command;
    }

    private Acquire acquire() {
        long session = session();
        long sequence = sequence(session);
        List<Charge> charges = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            Mode mode = random.nextInt(4) == 0 ? Mode.SHADOW : Mode.ENFORCE;
            QuotaKey key = key();
            // Mostly one limit a key, so that limits change now and then and not always.
            int usual = 1 + Math.floorMod(key.hash64(), 8);
            int limitId = random.nextInt(12) == 0 ? random.nextInt(15) - 3 : usual;
            charges.add(new Charge(key, limitId, mode));
        }
        if (random.nextInt(10) != 0) {
            List<QuotaKey> seen = new ArrayList<>();
            charges.removeIf(charge -> seen.contains(charge.key()) || !seen.add(charge.key()));
        }
        return new Acquire(session, sequence, acked(sequence), random.nextInt(50) == 0 ? 1 : 2, cost(), charges);
    }

    private Refund refund() {
        long session = session();
        long sequence = sequence(session);
        long acquireSequence = Math.max(1, sequence - 1 - random.nextInt(6));
        return new Refund(session, sequence, acked(sequence), acquireSequence, cost());
    }

    /** Mostly the next of a lease, at times of another one, and reports that may be true. */
    private RenewLease renewal() {
        long session = session();
        int place = (int) session % lastLease.length;
        int number = random.nextInt(KEYS);
        QuotaKey key = key(number);
        if (lease[place][number] == 0 || random.nextInt(6) == 0) {
            lease[place][number] = ++lastLease[place];
            renewals[place][number] = 0;
        }
        renewals[place][number] += random.nextInt(8) == 0 ? random.nextInt(3) - 1 : 1;
        long count = renewals[place][number];
        int usual = 1 + Math.floorMod(key.hash64(), 8);
        return new RenewLease(
                session,
                key,
                random.nextInt(10) == 0 ? random.nextInt(15) - 3 : usual,
                lease[place][number] - (random.nextInt(20) == 0 ? 1 : 0),
                count,
                count * random.nextInt(3),
                count * random.nextInt(2) - (random.nextInt(60) == 0 ? 1000 : 0),
                random.nextInt(3),
                random.nextInt(5),
                random.nextInt(305));
    }

    private long session() {
        return Math.max(random.nextInt(30) == 0 ? 0 : 1, sessionsOpened - random.nextInt(6));
    }

    /** Mostly the next, at times one from before or a gap. */
    private long sequence(long session) {
        int place = (int) session % nextSequence.length;
        nextSequence[place] += random.nextInt(8) == 0 ? random.nextInt(6) - 2 : 1;
        return random.nextInt(100) == 0 ? Long.MIN_VALUE + random.nextInt(2) : nextSequence[place];
    }

    private long acked(long sequence) {
        return random.nextInt(60) == 0 ? sequence + 1 : random.nextInt(3) == 0 ? 0 : sequence - random.nextInt(6);
    }

    private long cost() {
        return random.nextInt(40) == 0 ? random.nextInt(3) - 1 : 1 + random.nextInt(4);
    }

    private QuotaKey key() {
        return key(random.nextInt(KEYS));
    }

    private static QuotaKey key(int number) {
        return QuotaKey.of("shop", "rule", List.of("v" + number));
    }

    private PutRules putRules() {
        List<Rule> rules = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            Limit limit = Limit.of(Algorithm.FIXED_WINDOW, 1 + random.nextInt(2), 60_000);
            rules.add(new Rule("r" + i, List.of(), limit, Mode.values()[random.nextInt(2)]));
        }
        OptionalLong ifVersion = random.nextInt(3) == 0 ? OptionalLong.of(random.nextInt(3)) : OptionalLong.empty();
        return new PutRules(new RuleSet("n" + random.nextInt(3), Optional.empty(), rules), ifVersion);
    }
}
