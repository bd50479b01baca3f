package io.quorate.chaos.check;

import io.quorate.chaos.dump.LoggedCommand;
import io.quorate.chaos.dump.LoggedEntry;
import io.quorate.chaos.history.Answer;
import io.quorate.chaos.history.Answer.CounterResult;
import io.quorate.chaos.history.Asked;
import io.quorate.chaos.history.Asked.Kind;
import io.quorate.chaos.history.Operation;
import io.quorate.chaos.history.Place;
import io.quorate.chaos.history.RequestId;
import io.quorate.chaos.history.Sighting;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The ways in which a system or its record can be wrong that the checks must find (RELIABILITY §4.2). */
final class Mutations {
    private Mutations() {}

    /** Changes a run so that it isn't legal any more. */
    interface How {
        void plant(MadeRun run, SplittableRandom random);
    }

    /** A way to be wrong, and the invariant that it violates first. */
    record Mutation(String name, Invariant foundAs, How how) {
        @Override
        public String toString() {
            return name + " (" + foundAs + ")";
        }
    }

    static List<Mutation> all() {
        return List.of(
                new Mutation("an operation is missing", Invariant.S7, Mutations::dropOperation),
                new Mutation("two answers are swapped", Invariant.S4, Mutations::swapAnswers),
                new Mutation("a grant is told as a denial", Invariant.S16, Mutations::grantAsDenial),
                new Mutation("a denial is told as a grant", Invariant.S8, Mutations::denialAsGrant),
                new Mutation("one token more than the limit", Invariant.S1, Mutations::oneTokenMore),
                new Mutation("a request id is used twice", Invariant.S4, Mutations::duplicateId),
                new Mutation("a repeat gets an answer of its own", Invariant.S4, Mutations::ownAnswerForRepeat),
                new Mutation("log time goes back", Invariant.S5, Mutations::logTimeBack),
                new Mutation("log time runs ahead", Invariant.S5, Mutations::logTimeAhead),
                new Mutation("half of a request is charged", Invariant.S6, Mutations::halfCharged),
                new Mutation("an acknowledged command is in no log", Invariant.S7, Mutations::loseCommand),
                new Mutation("a node's log lost its end", Invariant.S7, Mutations::loseEnd),
                new Mutation("what was refused took effect", Invariant.S7, Mutations::refusedTookEffect),
                new Mutation("a command nobody sent", Invariant.S7, Mutations::strangerCommand),
                new Mutation("remaining is off by one", Invariant.S8, Mutations::remainingOff),
                new Mutation("retry-after is off by one", Invariant.S8, Mutations::retryOff),
                new Mutation("an answer comes before the question", Invariant.S8, Mutations::fromTheFuture),
                new Mutation("a peek sees a token too many", Invariant.S8, Mutations::peekOff),
                new Mutation("a digest differs", Invariant.S9, Mutations::digest),
                new Mutation("a recomputed digest differs", Invariant.S9, Mutations::logDigest),
                new Mutation("two leaders in a term", Invariant.S10, Mutations::twoLeaders),
                new Mutation("a log has another entry", Invariant.S10, Mutations::otherEntry),
                new Mutation("a term falls", Invariant.S10, Mutations::termFalls),
                new Mutation("a commit goes back", Invariant.S10, Mutations::commitBack),
                new Mutation("older rules after an acknowledged change", Invariant.S11, Mutations::staleRules),
                new Mutation("a refund gives a token too many", Invariant.S12, Mutations::refundMore),
                new Mutation("a refund nobody asked for", Invariant.S12, Mutations::strangerRefund),
                new Mutation("a lease is spent twice", Invariant.S2, Mutations::leaseTwice),
                new Mutation("a counter forgets a token", Invariant.S3, Mutations::forgetToken),
                new Mutation("replicas differ at the end", Invariant.L2, Mutations::neverConverged),
                new Mutation("a call hangs without a fault", Invariant.L3, Mutations::hang));
    }

    private static Operation pick(MadeRun run, SplittableRandom random, Predicate<Operation> which) {
        List<Operation> fitting = run.operations.stream().filter(which).toList();
        if (fitting.isEmpty()) {
            throw new AssertionError("a made run has none of these; it shows too little");
        }
        return fitting.get(random.nextInt(fitting.size()));
    }

    private static boolean placed(Operation o) {
        return o.isOk() && o.answer().place().isKnown() && o.asked().kind() == Kind.ACQUIRE;
    }

    private static boolean own(Operation o) {
        return o.asked().id().isKnown();
    }

    private static boolean alone(MadeRun run, Operation o) {
        return run.operations.stream()
                .noneMatch(other -> other != o && other.id().equals(o.id()));
    }

    private static Operation with(Operation o, Answer answer) {
        return new Operation(o.number(), o.process(), o.invokedNanos(), o.asked(), answer);
    }

    private static Answer answer(Answer a, boolean allowed, Place place, long tokens, List<CounterResult> results) {
        return new Answer(
                a.returnedNanos(),
                a.status(),
                allowed,
                a.source(),
                a.id(),
                place,
                tokens,
                a.leaseId(),
                results,
                a.node(),
                a.error());
    }

    private static void dropOperation(MadeRun run, SplittableRandom random) {
        run.operations.remove(pick(run, random, o -> placed(o) && own(o) && alone(run, o)));
    }

    private static void swapAnswers(MadeRun run, SplittableRandom random) {
        Operation a = pick(run, random, o -> placed(o) && own(o));
        Operation b = pick(
                run,
                random,
                o -> placed(o)
                        && own(o)
                        && !o.answer().place().equals(a.answer().place()));
        run.replace(with(a, at(b.answer(), a)));
        run.replace(with(b, at(a.answer(), b)));
    }

    /** An answer at the time of another operation's. */
    private static Answer at(Answer a, Operation when) {
        return new Answer(
                when.answer().returnedNanos(),
                a.status(),
                a.allowed(),
                a.source(),
                a.id(),
                a.place(),
                a.tokens(),
                a.leaseId(),
                a.results(),
                a.node(),
                a.error());
    }

    private static void grantAsDenial(MadeRun run, SplittableRandom random) {
        Operation o = pick(run, random, each -> placed(each) && each.answer().allowed());
        CounterResult first = o.answer().results().get(0);
        List<CounterResult> results = new ArrayList<>(o.answer().results());
        results.set(0, new CounterResult(first.rule(), false, first.shadow(), first.remaining(), 1, 1));
        run.replace(with(o, answer(o.answer(), false, o.answer().place(), 0, results)));
    }

    private static boolean denied(Operation o) {
        return placed(o) && !o.answer().allowed();
    }

    private static Answer granted(Operation o) {
        List<CounterResult> results = o.answer().results().stream()
                .map(r -> new CounterResult(r.rule(), true, r.shadow(), r.remaining(), 0, r.resetAfterMillis()))
                .toList();
        return answer(o.answer(), true, o.answer().place(), 0, results);
    }

    private static void denialAsGrant(MadeRun run, SplittableRandom random) {
        Operation o = pick(run, random, Mutations::denied);
        run.replace(with(o, granted(o)));
    }

    private static void oneTokenMore(MadeRun run, SplittableRandom random) {
        Operation o = pick(
                run,
                random,
                each -> denied(each)
                        && each.asked().keys().size() == 1
                        && each.asked().keys().get(0).startsWith("shop/total"));
        run.replace(with(o, granted(o)));
    }

    private static void duplicateId(MadeRun run, SplittableRandom random) {
        Operation a = pick(run, random, o -> placed(o) && own(o));
        Operation b = pick(
                run,
                random,
                o -> placed(o)
                        && own(o)
                        && !o.answer().place().equals(a.answer().place()));
        run.replace(new Operation(
                b.number(),
                b.process(),
                b.invokedNanos(),
                b.asked().as(a.asked().id(), 1),
                b.answer()));
    }

    private static void ownAnswerForRepeat(MadeRun run, SplittableRandom random) {
        Operation o = pick(run, random, each -> placed(each) && each.asked().copy() == 1);
        for (LoggedEntry entry : run.logs.get("n3")) {
            for (int position = 0; position < entry.commands().size(); position++) {
                LoggedCommand command = entry.commands().get(position);
                boolean repeat = command.session() == o.id().session()
                        && command.sequence() == o.id().sequence()
                        && entry.index() > o.answer().place().index();
                if (repeat) {
                    Place p = o.answer().place();
                    Place own = new Place(p.group(), entry.index(), position, entry.logTimeMillis(), p.rulesVersion());
                    run.replace(with(
                            o,
                            answer(
                                    o.answer(),
                                    o.answer().allowed(),
                                    own,
                                    0,
                                    o.answer().results())));
                    return;
                }
            }
        }
        throw new AssertionError("a repeat that is in no log: " + o);
    }

    private static void logTimeBack(MadeRun run, SplittableRandom random) {
        Operation o = pick(run, random, each -> placed(each) && each.number() > 100);
        shiftLogTime(run, o.answer().place().index(), -3_000);
    }

    private static void logTimeAhead(MadeRun run, SplittableRandom random) {
        Operation o = pick(run, random, each -> placed(each) && each.number() > 100);
        shiftLogTime(run, o.answer().place().index(), 3_000);
    }

    private static void shiftLogTime(MadeRun run, long index, long byMillis) {
        run.logs
                .values()
                .forEach(log -> log.replaceAll(e -> e.index() == index
                        ? new LoggedEntry(
                                e.group(),
                                e.index(),
                                e.term(),
                                e.logTimeMillis() + byMillis,
                                e.rulesVersion(),
                                e.digest(),
                                e.state(),
                                e.limits(),
                                e.commands())
                        : e));
        for (Operation o : List.copyOf(run.operations)) {
            Place p = o.answer().place();
            if (p.index() == index && p.isKnown()) {
                Place moved =
                        new Place(p.group(), p.index(), p.position(), p.logTimeMillis() + byMillis, p.rulesVersion());
                run.replace(with(
                        o,
                        answer(
                                o.answer(),
                                o.answer().allowed(),
                                moved,
                                o.answer().tokens(),
                                o.answer().results())));
            }
        }
    }

    private static void halfCharged(MadeRun run, SplittableRandom random) {
        Operation o = pick(
                run,
                random,
                each -> denied(each) && each.answer().results().stream().anyMatch(CounterResult::allowed));
        run.replace(with(
                o, answer(o.answer(), true, o.answer().place(), 0, o.answer().results())));
    }

    private static void loseCommand(MadeRun run, SplittableRandom random) {
        Operation o = pick(run, random, Mutations::placed);
        Place place = o.answer().place();
        run.logs
                .values()
                .forEach(log -> log.replaceAll(e -> {
                    if (e.index() != place.index()) {
                        return e;
                    }
                    List<LoggedCommand> fewer = new ArrayList<>(e.commands());
                    fewer.set(place.position(), LoggedCommand.of(LoggedCommand.Kind.SWEEP, 0, 100, ""));
                    return commands(e, fewer);
                }));
    }

    private static LoggedEntry commands(LoggedEntry e, List<LoggedCommand> commands) {
        return new LoggedEntry(
                e.group(),
                e.index(),
                e.term(),
                e.logTimeMillis(),
                e.rulesVersion(),
                e.digest(),
                e.state(),
                e.limits(),
                commands);
    }

    private static void loseEnd(MadeRun run, SplittableRandom random) {
        List<LoggedEntry> log = run.logs.get("n" + (1 + random.nextInt(3)));
        int keep = log.size() - 1 - random.nextInt(5);
        log.subList(keep, log.size()).clear();
    }

    private static void refusedTookEffect(MadeRun run, SplittableRandom random) {
        Operation o = pick(run, random, each -> placed(each) && own(each) && alone(run, each));
        run.replace(with(o, Answer.fail(o.answer().returnedNanos(), "OVERLOADED")));
    }

    private static void strangerCommand(MadeRun run, SplittableRandom random) {
        Operation o = pick(run, random, each -> placed(each) && own(each));
        List<LoggedEntry> whole = run.logs.get("n3");
        LoggedCommand like = command(whole, o.answer().place());
        LoggedCommand stranger = LoggedCommand.acquire(like.session(), 100_000, 100_000, like.amount(), like.charges());
        long logTime = whole.get(whole.size() - 1).logTimeMillis();
        change(run, whole.size() - random.nextInt(3), e -> {
            List<LoggedCommand> more = new ArrayList<>(e.commands());
            more.add(stranger);
            return new LoggedEntry(
                    e.group(),
                    e.index(),
                    e.term(),
                    e.logTimeMillis() == 0 ? logTime : e.logTimeMillis(),
                    1_000,
                    e.digest(),
                    e.state(),
                    e.limits(),
                    more);
        });
    }

    /** Changes an entry in every log that has it. */
    private static void change(MadeRun run, long index, UnaryOperator<LoggedEntry> how) {
        run.logs.values().forEach(log -> log.replaceAll(e -> e.index() == index ? how.apply(e) : e));
    }

    private static LoggedCommand command(List<LoggedEntry> log, Place place) {
        return log.get((int) place.index() - 1).commands().get(place.position());
    }

    private static void results(MadeRun run, Operation o, UnaryOperator<CounterResult> change, int which) {
        List<CounterResult> results = new ArrayList<>(o.answer().results());
        results.set(which, change.apply(results.get(which)));
        run.replace(with(o, answer(o.answer(), o.answer().allowed(), o.answer().place(), 0, results)));
    }

    private static void remainingOff(MadeRun run, SplittableRandom random) {
        Operation o = pick(run, random, Mutations::placed);
        results(
                run,
                o,
                r -> new CounterResult(
                        r.rule(),
                        r.allowed(),
                        r.shadow(),
                        r.remaining() + 1,
                        r.retryAfterMillis(),
                        r.resetAfterMillis()),
                random.nextInt(o.answer().results().size()));
    }

    private static void retryOff(MadeRun run, SplittableRandom random) {
        Operation o = pick(
                run,
                random,
                each -> denied(each) && each.answer().results().stream().anyMatch(r -> r.retryAfterMillis() > 0));
        int which = 0;
        while (o.answer().results().get(which).retryAfterMillis() <= 0) {
            which++;
        }
        results(
                run,
                o,
                r -> new CounterResult(
                        r.rule(),
                        r.allowed(),
                        r.shadow(),
                        r.remaining(),
                        r.retryAfterMillis() + 1,
                        r.resetAfterMillis()),
                which);
    }

    private static void fromTheFuture(MadeRun run, SplittableRandom random) {
        Operation o = pick(run, random, each -> placed(each) && own(each) && each.number() > 200 && alone(run, each));
        run.replace(new Operation(
                o.number(),
                o.process(),
                1,
                o.asked(),
                new Answer(
                        2,
                        o.answer().status(),
                        o.answer().allowed(),
                        o.answer().source(),
                        o.answer().id(),
                        o.answer().place(),
                        0,
                        0,
                        o.answer().results(),
                        "",
                        "")));
    }

    private static void peekOff(MadeRun run, SplittableRandom random) {
        Operation o = pick(run, random, each -> each.asked().kind() == Kind.PEEK);
        // 26 of 25 can't remain whatever the order.
        results(run, o, r -> new CounterResult(r.rule(), true, false, 26, 0, r.resetAfterMillis()), 0);
    }

    private static Sighting seen(Sighting s, String role, long committed, long digest) {
        return new Sighting(
                s.askedNanos(),
                s.answeredNanos(),
                s.node(),
                s.group(),
                role,
                s.term(),
                committed,
                s.appliedIndex(),
                digest,
                s.logTimeMillis());
    }

    private static void digest(MadeRun run, SplittableRandom random) {
        int at = random.nextInt(run.sightings.size());
        Sighting s = run.sightings.get(at);
        run.sightings.set(at, seen(s, s.role(), s.committedIndex(), s.digest() ^ 1L << random.nextInt(64)));
    }

    private static void logDigest(MadeRun run, SplittableRandom random) {
        List<LoggedEntry> log = run.logs.get("n3");
        int at = random.nextInt(log.size());
        while (log.get(at).state().isEmpty()) {
            at = random.nextInt(log.size());
        }
        LoggedEntry e = log.get(at);
        log.set(
                at,
                new LoggedEntry(
                        e.group(),
                        e.index(),
                        e.term(),
                        e.logTimeMillis(),
                        e.rulesVersion(),
                        e.digest(),
                        OptionalLong.of(e.state().getAsLong() + 1),
                        e.limits(),
                        e.commands()));
    }

    private static void twoLeaders(MadeRun run, SplittableRandom random) {
        int at = random.nextInt(run.sightings.size());
        while (run.sightings.get(at).role().equals("leader")) {
            at = random.nextInt(run.sightings.size());
        }
        Sighting s = run.sightings.get(at);
        run.sightings.set(at, seen(s, "leader", s.committedIndex(), s.digest()));
    }

    private static void otherEntry(MadeRun run, SplittableRandom random) {
        // Behind what the first two lack, so that there is another log to compare with.
        Operation o =
                pick(run, random, each -> placed(each) && each.answer().place().index() > 100);
        long index = o.answer().place().index();
        run.logs
                .get("n2")
                .replaceAll(e -> e.index() == index
                        ? new LoggedEntry(
                                e.group(),
                                e.index(),
                                e.term(),
                                e.logTimeMillis(),
                                e.rulesVersion(),
                                e.digest() + 1,
                                e.state(),
                                e.limits(),
                                e.commands())
                        : e);
    }

    private static void termFalls(MadeRun run, SplittableRandom random) {
        change(
                run,
                90 + random.nextInt(40),
                e -> new LoggedEntry(
                        e.group(),
                        e.index(),
                        e.term() - 2,
                        e.logTimeMillis(),
                        e.rulesVersion(),
                        e.digest(),
                        e.state(),
                        e.limits(),
                        e.commands()));
    }

    private static void commitBack(MadeRun run, SplittableRandom random) {
        int at = 30 + random.nextInt(run.sightings.size() - 30);
        Sighting s = run.sightings.get(at);
        run.sightings.set(at, seen(s, s.role(), 1, s.digest()));
    }

    private static void staleRules(MadeRun run, SplittableRandom random) {
        Operation o = pick(run, random, each -> each.asked().kind() == Kind.RULES && each.number() > 20);
        run.replace(new Operation(
                o.number(),
                o.process(),
                0,
                o.asked(),
                Answer.done(1, true, o.answer().tokens())));
    }

    private static void refundMore(MadeRun run, SplittableRandom random) {
        Operation o = pick(
                run,
                random,
                each -> each.asked().kind() == Kind.REFUND
                        && each.isOk()
                        && each.answer().allowed());
        Answer a = o.answer();
        run.replace(with(o, answer(a, true, a.place(), a.tokens() + 1, List.of())));
    }

    private static void strangerRefund(MadeRun run, SplittableRandom random) {
        Operation o = pick(
                run,
                random,
                each -> each.asked().kind() == Kind.REFUND
                        && each.isOk()
                        && each.answer().allowed()
                        && !own(each));
        run.operations.remove(o);
    }

    private static void leaseTwice(MadeRun run, SplittableRandom random) {
        List<Operation> uses = run.operations.stream()
                .filter(o -> o.answer().source().equals("lease"))
                .toList();
        // All of them at once, once more: beyond any burst.
        Operation first = uses.get(0);
        for (Operation use : uses) {
            run.operations.add(new Operation(
                    run.operations.size() + 1L,
                    "thief",
                    first.invokedNanos(),
                    Asked.acquire("shop", use.asked().keys(), use.asked().cost()),
                    Answer.decided(first.answer().returnedNanos(), true, RequestId.NONE, Place.NONE, List.of())
                            .by("lease", 1)));
        }
    }

    private static void forgetToken(MadeRun run, SplittableRandom random) {
        Operation o = pick(run, random, each -> each.asked().kind() == Kind.READ);
        Answer a = o.answer();
        run.replace(with(o, answer(a, true, a.place(), a.tokens() - 1, List.of())));
    }

    private static void neverConverged(MadeRun run, SplittableRandom random) {
        int at = run.sightings.size() - 1 - random.nextInt(3);
        Sighting s = run.sightings.get(at);
        run.sightings.set(
                at,
                new Sighting(
                        s.askedNanos(),
                        s.answeredNanos(),
                        s.node(),
                        s.group(),
                        s.role(),
                        s.term(),
                        s.committedIndex(),
                        s.appliedIndex() - 1,
                        s.digest(),
                        s.logTimeMillis()));
    }

    private static void hang(MadeRun run, SplittableRandom random) {
        Operation o = pick(run, random, each -> each.isInfo());
        run.replace(with(o, Answer.info(o.invokedNanos() + 6_000_000_000L, "timed out")));
    }
}
