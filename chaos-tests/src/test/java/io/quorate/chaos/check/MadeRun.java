package io.quorate.chaos.check;

import io.quorate.chaos.dump.LoggedCharge;
import io.quorate.chaos.dump.LoggedCommand;
import io.quorate.chaos.dump.LoggedCommand.Kind;
import io.quorate.chaos.dump.LoggedCommand.LeaseReport;
import io.quorate.chaos.dump.LoggedEntries;
import io.quorate.chaos.dump.LoggedEntry;
import io.quorate.chaos.history.Answer;
import io.quorate.chaos.history.Answer.CounterResult;
import io.quorate.chaos.history.Asked;
import io.quorate.chaos.history.FaultRecord;
import io.quorate.chaos.history.HistoryVisitor;
import io.quorate.chaos.history.Operation;
import io.quorate.chaos.history.Place;
import io.quorate.chaos.history.RequestId;
import io.quorate.chaos.history.Sighting;
import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.machine.Transition;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.quota.Slots;
import io.quorate.core.rule.Mode;
import io.quorate.raft.log.EntryCodec;
import io.quorate.storage.memory.MemoryStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A run that never was: clients that ask in random overlap, one group over the product's own machine, and everything
 * recorded as a run records it. What it gives is legal, whatever the seed.
 *
 * <p>Some clients number their requests themselves and send some of them twice; the others are like the SDK, whose
 * numbers are known only from receipts. Some answers are lost, some requests never arrive.
 */
final class MadeRun implements Recorded {
    static final int GROUP = 1;
    private static final long MILLI = 1_000_000;
    private static final long ORIGIN_MILLIS = 1_764_000_000_000L;
    private static final long CENTURY_MILLIS = 36_500L * 24 * 3_600_000;
    private static final int CLIENTS = 8;
    private static final int ROUNDS = 160;

    /** A rule: its limit may change, and with it the number. */
    private static final class Rule {
        private final String id;
        private final boolean shadow;
        private Limit limit;
        private int limitId;

        Rule(String id, boolean shadow, int limitId, Limit limit) {
            this.id = id;
            this.shadow = shadow;
            this.limitId = limitId;
            this.limit = limit;
        }
    }

    private static final class Client {
        private final int number;
        private long session;
        private long sequence;
        private long freeAtNanos;

        Client(int number) {
            this.number = number;
        }

        boolean isWire() {
            return number % 2 == 0;
        }
    }

    /** A command on its way, and who waits for it. */
    private record Sent(Client client, Command command, Asked asked, long askedNanos, String fate) {}

    private record Granted(Client client, long sequence, long cost, List<String> keys) {}

    final List<Operation> operations = new ArrayList<>();
    final List<FaultRecord> faults = new ArrayList<>();
    final List<Sighting> sightings = new ArrayList<>();
    final TreeMap<String, List<LoggedEntry>> logs = new TreeMap<>();

    private final SplittableRandom random;
    private final Machine machine = new Machine(MachineLimits.DEFAULT);
    private final MemoryStore store = new MemoryStore();
    private final List<LoggedEntry> log = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private final List<Granted> granted = new ArrayList<>();
    private final List<Sent> later = new ArrayList<>();
    private long nowNanos = 5_000 * MILLI;
    private long term = 1;
    private long leaseId;
    private long rulesVersion = 1;
    private int nextLimit = 20;

    MadeRun(long seed) {
        random = new SplittableRandom(seed);
        rules.add(new Rule("total", false, 1, Limit.of(Algorithm.FIXED_WINDOW, 25, CENTURY_MILLIS)));
        rules.add(new Rule("permits", false, 2, Limit.of(Algorithm.CONCURRENCY, 12, CENTURY_MILLIS)));
        rules.add(new Rule("gcra", false, 3, new Limit(Algorithm.GCRA, 7, 300, 9)));
        rules.add(new Rule("bucket", true, 4, new Limit(Algorithm.TOKEN_BUCKET, 3, 1_000, 4)));
        rules.add(new Rule("window", false, 5, Limit.of(Algorithm.FIXED_WINDOW, 20, 400)));
        rules.add(new Rule("sliding", false, 6, Limit.of(Algorithm.SLIDING_WINDOW, 18, 500)));
        rules.add(new Rule("log", false, 7, Limit.of(Algorithm.SLIDING_LOG, 15, 600)));
        rules.add(new Rule("leased", false, 8, new Limit(Algorithm.TOKEN_BUCKET, 20, 1_000, 30)));
        begin();
        for (int round = 0; round < ROUNDS; round++) {
            round(round);
        }
        end();
        logs.put("n1", new ArrayList<>(log));
        logs.put("n2", new ArrayList<>(log));
        logs.put("n3", new ArrayList<>(log));
        // A snapshot came instead of some entries, on one node or the other.
        int gap = 40 + random.nextInt(20);
        logs.get("n1").subList(gap, gap + 10).clear();
        logs.get("n2").subList(gap + 20, gap + 35).clear();
    }

    private void begin() {
        List<Command> opens = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Client client = new Client(i);
            clients.add(client);
            opens.add(new Command.OpenSession("c" + i));
        }
        List<Applied> answers = apply(opens);
        for (int i = 0; i < CLIENTS; i++) {
            clients.get(i).session = ((Outcome.SessionOpened) answers.get(i).outcome()).sessionId();
        }
        apply(List.of(new Command.FenceRules(rulesVersion)));
    }

    private void round(int round) {
        nowNanos += random.nextLong(40 * MILLI);
        if (round % 50 == 30) {
            changeRules();
        }
        if (round % 37 == 20) {
            term++;
            log.add(new LoggedEntry(
                    GROUP, log.size() + 1, term, 0, 0, 77 + term, OptionalLong.empty(), Map.of(), List.of()));
        }
        if (round % 10 == 5) {
            peek();
            lease();
        }
        if (round % 40 == 11) {
            reset();
        }
        List<Sent> sent = new ArrayList<>(later);
        later.clear();
        for (Client client : clients) {
            if (client.freeAtNanos < nowNanos && random.nextInt(3) > 0) {
                ask(client, sent);
            }
        }
        List<Command> commands = new ArrayList<>();
        sent.forEach(s -> commands.add(s.command()));
        List<Applied> answers = commands.isEmpty() ? List.of() : apply(commands);
        for (int i = 0; i < sent.size(); i++) {
            answer(sent.get(i), answers.get(i));
        }
        see();
    }

    private void ask(Client client, List<Sent> sent) {
        long asked = Math.max(client.freeAtNanos + 1, nowNanos - random.nextLong(20 * MILLI));
        List<Granted> own =
                granted.stream().filter(grant -> grant.client() == client).toList();
        boolean refunds = !own.isEmpty() && random.nextInt(5) == 0;
        client.sequence++;
        long sequence = client.sequence;
        long ackedBelow = Math.max(1, sequence - 6);
        RequestId id = new RequestId(GROUP, client.session, sequence);
        Command command;
        Asked what;
        Granted grant = refunds ? own.get(random.nextInt(own.size())) : null;
        if (grant != null) {
            granted.remove(grant);
            long count = 1 + random.nextLong(grant.cost());
            command = new Command.Refund(client.session, sequence, ackedBelow, grant.sequence(), count);
            what = Asked.refund("shop", grant.keys(), count, new RequestId(GROUP, client.session, grant.sequence()));
        } else {
            List<Rule> matching = matching();
            List<Charge> charges = new ArrayList<>();
            List<String> keys = new ArrayList<>();
            String value = "v" + random.nextInt(3);
            for (Rule rule : matching) {
                QuotaKey key = QuotaKey.of("shop", rule.id, List.of(value));
                charges.add(new Charge(key, rule.limitId, rule.shadow ? Mode.SHADOW : Mode.ENFORCE));
                keys.add(key.toString());
            }
            long cost = 1 + random.nextLong(3);
            command = new Command.Acquire(client.session, sequence, ackedBelow, keys.hashCode(), cost, charges);
            what = Asked.acquire("shop", keys, cost);
        }
        if (client.isWire()) {
            what = what.as(id, 0);
        }
        send(new Sent(client, command, what, asked, fate()), sent);
    }

    private String fate() {
        int draw = random.nextInt(40);
        return draw < 2 ? "lost" : draw < 4 ? "unknown" : draw < 5 ? "refused" : "answered";
    }

    private void send(Sent request, List<Sent> sent) {
        Client client = request.client();
        client.freeAtNanos = nowNanos + random.nextLong(30 * MILLI);
        if (request.fate().equals("lost") || request.fate().equals("refused")) {
            boolean refused = request.fate().equals("refused");
            Answer answer = refused
                    ? Answer.fail(client.freeAtNanos, "OVERLOADED")
                    : Answer.info(client.freeAtNanos, "timed out");
            record(request.client(), request.asked(), request.askedNanos(), answer);
            return;
        }
        sent.add(request);
        if (client.isWire() && random.nextInt(6) == 0) {
            later.add(new Sent(
                    client,
                    request.command(),
                    request.asked().as(request.asked().id(), 1),
                    request.askedNanos(),
                    random.nextInt(4) == 0 ? "unknown" : "answered"));
            // It goes on only when both copies are answered.
            client.freeAtNanos += 200 * MILLI;
        }
    }

    private List<Rule> matching() {
        int draw = random.nextInt(6);
        if (draw == 0) {
            return List.of(rules.get(0));
        }
        if (draw == 1) {
            return List.of(rules.get(0), rules.get(1));
        }
        List<Rule> some = new ArrayList<>();
        for (Rule rule : rules.subList(2, 7)) {
            if (random.nextInt(2) == 0) {
                some.add(rule);
            }
        }
        return some.isEmpty() ? List.of(rules.get(1)) : some;
    }

    private void answer(Sent sent, Applied applied) {
        long answered = nowNanos + 1 + random.nextLong(10 * MILLI);
        Asked asked = sent.asked();
        if (sent.fate().equals("unknown")) {
            record(sent.client(), asked, sent.askedNanos(), Answer.info(answered, "connection lost"));
            return;
        }
        Place place =
                new Place(GROUP, applied.index(), applied.position(), applied.logTimeMillis(), applied.rulesVersion());
        Outcome outcome = applied.outcome();
        RequestId id = new RequestId(GROUP, sent.client().session, sequence(sent.command()));
        if (outcome instanceof Outcome.Acquired acquired) {
            List<CounterResult> results = new ArrayList<>();
            Command.Acquire command = (Command.Acquire) sent.command();
            for (int i = 0; i < acquired.results().size(); i++) {
                Outcome.ChargeResult r = acquired.results().get(i);
                Charge charge = command.charges().get(i);
                results.add(new CounterResult(
                        charge.key().ruleId(),
                        r.allowed(),
                        charge.mode() == Mode.SHADOW,
                        r.remaining(),
                        r.retryAfterMillis(),
                        r.resetAfterMillis()));
            }
            // The SDK tells a request's number only with a grant.
            RequestId told = acquired.allowed() ? id : RequestId.NONE;
            record(
                    sent.client(),
                    asked,
                    sent.askedNanos(),
                    Answer.decided(answered, acquired.allowed(), told, place, results));
            if (acquired.allowed() && asked.copy() == 0) {
                granted.add(new Granted(sent.client(), id.sequence(), asked.cost(), asked.keys()));
            }
        } else if (outcome instanceof Outcome.Refunded refunded) {
            Answer done = Answer.done(answered, true, refunded.refunded());
            Answer placed = new Answer(
                    answered, Answer.Status.OK, true, "", id, place, refunded.refunded(), 0, List.of(), "", "");
            record(sent.client(), asked, sent.askedNanos(), sent.client().isWire() ? placed : done);
        } else {
            boolean nothing =
                    outcome instanceof Outcome.Refused refused && refused.reason() == Outcome.Reason.NOTHING_TO_REFUND;
            Answer answer = nothing ? Answer.done(answered, false, 0) : Answer.fail(answered, outcome.toString());
            record(sent.client(), asked, sent.askedNanos(), answer);
        }
    }

    private static long sequence(Command command) {
        return command instanceof Command.Acquire acquire ? acquire.sequence() : ((Command.Refund) command).sequence();
    }

    private void changeRules() {
        Rule rule = rules.get(2 + random.nextInt(5));
        long asked = nowNanos;
        nowNanos += 20 * MILLI;
        rule.limitId = nextLimit++;
        boolean bucket = rule.limit.algorithm() == Algorithm.GCRA || rule.limit.algorithm() == Algorithm.TOKEN_BUCKET;
        long amount = 3 + random.nextLong(15);
        rule.limit = new Limit(
                rule.limit.algorithm(), amount, rule.limit.periodMillis(), bucket ? 2 + random.nextLong(9) : amount);
        rulesVersion++;
        apply(List.of(new Command.FenceRules(rulesVersion)));
        nowNanos += 20 * MILLI;
        record(null, Asked.of(Asked.Kind.RULES, "shop", List.of()), asked, Answer.done(nowNanos, true, rulesVersion));
        nowNanos += MILLI;
        // What matched by older rules and waits was never proposed.
        later.removeIf(sent -> {
            record(sent.client(), sent.asked(), sent.askedNanos(), Answer.info(nowNanos, "timed out"));
            return true;
        });
    }

    private void reset() {
        QuotaKey key = QuotaKey.of("shop", "window", List.of("v0"));
        long asked = nowNanos;
        apply(List.of(new Command.Reset(key)));
        record(
                null,
                Asked.of(Asked.Kind.RESET, "shop", List.of(key.toString())),
                asked,
                Answer.done(nowNanos + MILLI, true, 0));
    }

    /** A reader that asks nothing else, of counters in which time plays no part. */
    private void peek() {
        QuotaKey key = QuotaKey.of("shop", "total", List.of("v" + random.nextInt(3)));
        Outcome.Acquired known = peeked(key, 1);
        Outcome.ChargeResult said = known.results().get(0);
        Answer answer = new Answer(
                nowNanos + random.nextLong(MILLI),
                Answer.Status.OK,
                known.allowed(),
                "leader",
                RequestId.NONE,
                Place.NONE,
                0,
                0,
                List.of(new CounterResult(
                        "total",
                        said.allowed(),
                        false,
                        said.remaining(),
                        said.retryAfterMillis(),
                        said.resetAfterMillis())),
                "",
                "");
        record(
                null,
                new Asked(Asked.Kind.PEEK, "shop", List.of(key.toString()), 1, RequestId.NONE, RequestId.NONE, 0),
                nowNanos,
                answer);
    }

    private Outcome.Acquired peeked(QuotaKey key, long cost) {
        Rule rule = rules.get(0);
        return machine.peek(
                store, wall(), cost, List.of(new Charge(key, rule.limitId, Mode.ENFORCE)), id -> rule.limit);
    }

    /** A client renews its lease and spends all of it at once. */
    private void lease() {
        Client client = clients.get(1);
        Rule rule = rules.get(7);
        QuotaKey key = QuotaKey.of("shop", rule.id, List.of("v0"));
        leaseId++;
        List<Applied> answers = apply(List.of(new Command.RenewLease(
                client.session, key, rule.limitId, leaseId, 1, 0, 0, 0, 5 + random.nextLong(10), 10_000)));
        if (answers.get(0).outcome() instanceof Outcome.LeaseRenewed renewed && renewed.granted() > 0) {
            Answer use = Answer.decided(nowNanos + MILLI, true, RequestId.NONE, Place.NONE, List.of())
                    .by("lease", leaseId);
            record(null, Asked.acquire("shop", List.of(key.toString()), renewed.granted()), nowNanos, use);
        }
    }

    private void see() {
        for (int node = 1; node <= 3; node++) {
            String role = node == 1 + term % 3 ? "leader" : "follower";
            sightings.add(new Sighting(
                    nowNanos,
                    nowNanos + MILLI,
                    "n" + node,
                    GROUP,
                    role,
                    term,
                    log.size(),
                    store.header().appliedIndex(),
                    store.header().digest(),
                    store.header().logTimeMillis()));
        }
    }

    private void end() {
        nowNanos += 500 * MILLI;
        for (int value = 0; value < 3; value++) {
            QuotaKey key = QuotaKey.of("shop", "total", List.of("v" + value));
            Outcome.Acquired peeked = peeked(key, 1);
            long remaining = peeked.results().get(0).remaining() + (peeked.allowed() ? 1 : 0);
            long used = rules.get(0).limit.amount() - remaining;
            Answer read = new Answer(
                    nowNanos + MILLI,
                    Answer.Status.OK,
                    true,
                    "",
                    RequestId.NONE,
                    new Place(GROUP, 0, 0, wall(), rulesVersion),
                    used,
                    0,
                    List.of(),
                    "",
                    "");
            record(null, Asked.of(Asked.Kind.READ, "shop", List.of(key.toString())), nowNanos, read);
            nowNanos += 2 * MILLI;
        }
    }

    private void record(@Nullable Client client, Asked asked, long askedNanos, Answer answer) {
        String process = client == null ? "admin" : "c" + client.number;
        operations.add(new Operation(operations.size() + 1L, process, askedNanos, asked, answer));
    }

    private long wall() {
        return ORIGIN_MILLIS + nowNanos / MILLI;
    }

    private List<Applied> apply(List<Command> commands) {
        List<LimitDefinition> definitions = new ArrayList<>();
        rules.forEach(rule -> definitions.add(new LimitDefinition(rule.limitId, rule.limit)));
        LogEntry entry = new LogEntry(wall(), rulesVersion, definitions, commands);
        long index = log.size() + 1;
        Transition transition = machine.apply(store, index, term, entry);
        store.commit(transition.changes());
        log.add(logged(index, term, entry, OptionalLong.of(store.header().digest())));
        return transition.answers();
    }

    /** An entry as a dump has it. */
    static LoggedEntry logged(long index, long term, LogEntry entry, OptionalLong state) {
        Map<Integer, Limit> limits = new HashMap<>();
        entry.limits().forEach(definition -> limits.put(definition.limitId(), definition.limit()));
        return new LoggedEntry(
                GROUP,
                index,
                term,
                entry.logTimeMillis(),
                entry.rulesVersion(),
                Slots.hash(EntryCodec.encode(entry)),
                state,
                limits,
                entry.commands().stream().map(MadeRun::logged).toList());
    }

    private static LoggedCommand logged(Command command) {
        if (command instanceof Command.Acquire a) {
            List<LoggedCharge> charges = a.charges().stream()
                    .map(c -> new LoggedCharge(c.key().toString(), c.limitId(), c.mode() == Mode.SHADOW))
                    .toList();
            return new LoggedCommand(
                    Kind.ACQUIRE,
                    a.sessionId(),
                    a.sequence(),
                    a.ackedBelow(),
                    a.requestHash(),
                    a.cost(),
                    0,
                    "",
                    charges,
                    LeaseReport.NONE);
        }
        if (command instanceof Command.Refund r) {
            return LoggedCommand.refund(r.sessionId(), r.sequence(), r.ackedBelow(), r.acquireSequence(), r.count());
        }
        if (command instanceof Command.OpenSession) {
            return LoggedCommand.of(Kind.OPEN_SESSION, 0, 0, "");
        }
        if (command instanceof Command.Reset reset) {
            return LoggedCommand.of(Kind.RESET, 0, 0, reset.key().toString());
        }
        if (command instanceof Command.FenceRules fence) {
            return LoggedCommand.of(Kind.FENCE_RULES, 0, fence.version(), "");
        }
        if (command instanceof Command.RenewLease r) {
            return new LoggedCommand(
                    Kind.RENEW_LEASE,
                    r.sessionId(),
                    r.sequence(),
                    0,
                    0,
                    0,
                    0,
                    r.key().toString(),
                    List.of(),
                    new LeaseReport(
                            r.limitId(), r.leaseId(), r.spent(), r.returned(), r.need(), r.want(), r.ttlMillis()));
        }
        throw new IllegalArgumentException("not made here: " + command);
    }

    /** The operation with this number, changed. */
    void replace(Operation changed) {
        for (int i = 0; i < operations.size(); i++) {
            if (operations.get(i).number() == changed.number()) {
                operations.set(i, changed);
                return;
            }
        }
        throw new IllegalArgumentException("no operation " + changed.number());
    }

    @Override
    public void history(HistoryVisitor visitor) {
        List<Operation> ordered = new ArrayList<>(operations);
        Collections.sort(ordered, (a, b) -> Long.compare(a.returnedNanos(), b.returnedNanos()));
        boolean noted = false;
        sightings.forEach(visitor::sighting);
        for (Operation operation : ordered) {
            if (operation.asked().kind() == Asked.Kind.READ && !noted) {
                visitor.note("phase", "final");
                sightings
                        .subList(Math.max(0, sightings.size() - 3), sightings.size())
                        .forEach(visitor::sighting);
                noted = true;
            }
            visitor.operation(operation);
        }
        faults.forEach(visitor::fault);
    }

    @Override
    public List<String> nodes() {
        return List.copyOf(logs.keySet());
    }

    @Override
    public LoggedEntries log(String node) {
        Iterator<LoggedEntry> entries = logs.get(node).iterator();
        return new LoggedEntries() {
            @Override
            public @Nullable LoggedEntry next() {
                return entries.hasNext() ? entries.next() : null;
            }

            @Override
            public void close() {}
        };
    }
}
