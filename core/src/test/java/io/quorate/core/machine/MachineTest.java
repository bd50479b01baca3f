package io.quorate.core.machine;

import static io.quorate.core.machine.Group.acquire;
import static io.quorate.core.machine.Group.charge;
import static io.quorate.core.machine.Group.key;
import static io.quorate.core.machine.Group.refund;
import static io.quorate.core.machine.Group.shadow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.algorithm.Meter;
import io.quorate.core.algorithm.Verdict;
import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.Command.Acquire;
import io.quorate.core.command.Command.FenceRules;
import io.quorate.core.command.Command.Refund;
import io.quorate.core.command.Command.Reset;
import io.quorate.core.command.Command.Sweep;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.Acquired;
import io.quorate.core.command.Outcome.ChargeResult;
import io.quorate.core.command.Outcome.Done;
import io.quorate.core.command.Outcome.Reason;
import io.quorate.core.command.Outcome.Refunded;
import io.quorate.core.command.Outcome.Refused;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.Mode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Acquires, refunds and what else changes counters, by examples. */
final class MachineTest {
    private static final Limit TEN_A_MINUTE = Limit.of(Algorithm.FIXED_WINDOW, 10, 60_000);

    private final Group group = new Group(MachineLimits.DEFAULT);
    private final int ten = group.limit(TEN_A_MINUTE);
    private final int three = group.limit(Limit.of(Algorithm.FIXED_WINDOW, 3, 60_000));
    private final int permits = group.limit(Limit.of(Algorithm.CONCURRENCY, 2, 600_000));
    private long session;

    @BeforeEach
    void open() {
        session = group.open();
    }

    private static Outcome refused(Reason reason) {
        return new Refused(reason);
    }

    private long used(String name) {
        CounterRow row = group.state.counter(key(name));
        return row.isFresh()
                ? 0
                : Meter.of(group.state.limit(row.limitId()).orElseThrow()).used(row.state(), group.nowMillis());
    }

    @Test
    void grantsUntilTheLimitAndDeniesThen() {
        assertThat(group.acquired(acquire(session, 1, 10, charge("a", ten))).results())
                .containsExactly(new ChargeResult(true, 0, 0, 20_000));
        Acquired denied = group.acquired(acquire(session, 2, 1, charge("a", ten)));
        assertThat(denied.allowed()).isFalse();
        assertThat(denied.results()).containsExactly(new ChargeResult(false, 0, 20_000, 20_000));
        group.advance(20_000);
        assertThat(group.acquired(acquire(session, 3, 1, charge("a", ten))).allowed())
                .isTrue();
    }

    @Test
    void answersWithThePlaceOfTheDecision() {
        List<Applied> answers =
                group.apply(acquire(session, 1, 1, charge("a", ten)), acquire(session, 2, 1, charge("a", ten)));
        assertThat(answers.get(1).index()).isEqualTo(2);
        assertThat(answers.get(1).position()).isEqualTo(1);
        assertThat(answers.get(1).logTimeMillis()).isEqualTo(1_000_000);
        assertThat(group.state.header().appliedIndex()).isEqualTo(2);
        assertThat(group.state.header().appliedTerm()).isEqualTo(1);
    }

    @Test
    void readsAndWritesACounterOncePerEntry() {
        List<Command> commands = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            commands.add(acquire(session, i, 1, charge(i % 2 == 0 ? "a" : "b", ten)));
        }
        group.state.takeCounterReads();
        Transition transition = group.machine()
                .apply(
                        group.state,
                        9,
                        1,
                        new LogEntry(1_000_000, 0, List.of(new LimitDefinition(ten, TEN_A_MINUTE)), commands));
        assertThat(group.state.takeCounterReads()).isEqualTo(2);
        assertThat(transition.changes().counters()).hasSize(2);
        assertThat(transition.answers()).hasSize(100);
    }

    @Test
    void chargesAllOrNone() {
        Acquired denied = group.acquired(acquire(session, 1, 5, charge("a", ten), charge("b", three)));
        assertThat(denied.allowed()).isFalse();
        assertThat(denied.results())
                .containsExactly(new ChargeResult(true, 10, 0, 0), new ChargeResult(false, 3, Verdict.NEVER, 0));
        assertThat(used("a")).isZero();
        assertThat(group.state.header().counters()).isZero();
        assertThat(group.acquired(acquire(session, 2, 3, charge("a", ten), charge("b", three)))
                        .allowed())
                .isTrue();
        assertThat(used("a")).isEqualTo(3);
        assertThat(used("b")).isEqualTo(3);
    }

    @Test
    void saysOfADeniedRequestWhatIsLeftUncharged() {
        group.acquired(acquire(session, 1, 4, charge("a", ten)));
        Acquired denied = group.acquired(acquire(session, 2, 4, charge("a", ten), charge("b", three)));
        assertThat(denied.results().get(0)).isEqualTo(new ChargeResult(true, 6, 0, 20_000));
    }

    @Test
    void shadowReportsAndNeverDenies() {
        Acquired allowed = group.acquired(acquire(session, 1, 5, charge("a", ten), shadow("b", three)));
        assertThat(allowed.allowed()).isTrue();
        assertThat(allowed.results().get(1)).isEqualTo(new ChargeResult(false, 3, Verdict.NEVER, 0));
        assertThat(used("b")).isZero();
        group.acquired(acquire(session, 2, 2, charge("a", ten), shadow("b", three)));
        assertThat(used("b")).isEqualTo(2);
        group.acquired(acquire(session, 3, 9, charge("a", ten), shadow("b", three)));
        assertThat(used("b")).as("a denied request charges no shadow either").isEqualTo(2);
    }

    @Test
    void allowsARequestThatNoRuleCounts() {
        assertThat(group.acquired(acquire(session, 1, 1)).allowed()).isTrue();
    }

    @Test
    void givesBackWhatWasTakenOnce() {
        group.acquired(acquire(session, 1, 8, charge("a", ten), charge("c", ten)));
        assertThat(group.outcome(refund(session, 2, 1, 3))).isEqualTo(new Refunded(3));
        assertThat(group.outcome(refund(session, 2, 1, 3))).isEqualTo(new Refunded(3));
        assertThat(used("a")).isEqualTo(5);
        assertThat(used("c")).isEqualTo(5);
        assertThat(group.outcome(refund(session, 3, 1, 100))).isEqualTo(new Refunded(5));
        assertThat(group.state.header().counters())
                .as("fresh counters are absent")
                .isZero();
        assertThat(group.outcome(refund(session, 4, 1, 1))).isEqualTo(refused(Reason.NOTHING_TO_REFUND));
    }

    @Test
    void refundsNothingOfWhatWasNotGranted() {
        group.acquired(acquire(session, 1, 11, charge("a", ten)));
        assertThat(group.outcome(refund(session, 2, 1, 1))).isEqualTo(refused(Reason.NOTHING_TO_REFUND));
        assertThat(group.outcome(refund(session, 3, 99, 1))).isEqualTo(refused(Reason.NOTHING_TO_REFUND));
    }

    @Test
    void refundsNoShadowThatWasNotCharged() {
        group.acquired(acquire(session, 1, 3, shadow("b", three)));
        group.acquired(acquire(session, 2, 2, charge("a", ten), shadow("b", three)));
        assertThat(group.outcome(refund(session, 3, 2, 2))).isEqualTo(new Refunded(2));
        assertThat(used("b")).isEqualTo(3);
    }

    @Test
    void forgetsGrantsInTime() {
        group.acquired(acquire(session, 1, 1, charge("a", ten)));
        group.advance(60_000);
        assertThat(group.outcome(refund(session, 2, 1, 1))).isEqualTo(new Refunded(0));
        group.acquired(acquire(session, 3, 1, charge("a", ten)));
        group.advance(30_001);
        group.apply(acquire(session, 4, 1));
        group.advance(30_000);
        assertThat(group.outcome(refund(session, 5, 3, 1))).isEqualTo(refused(Reason.NOTHING_TO_REFUND));
    }

    @Test
    void releasesPermitsHoweverLongTheyWereHeld() {
        group.acquired(acquire(session, 1, 2, charge("p", permits)));
        for (int i = 0; i < 9; i++) {
            group.advance(60_000);
            group.apply(acquire(session, 10 + i, 1));
        }
        assertThat(group.acquired(acquire(session, 30, 1, charge("p", permits))).allowed())
                .isFalse();
        assertThat(group.outcome(refund(session, 31, 1, 2))).isEqualTo(new Refunded(2));
        assertThat(group.acquired(acquire(session, 32, 1, charge("p", permits))).allowed())
                .isTrue();
    }

    @Test
    void keepsTheGrantsOfTheHighestSequences() {
        MachineLimits few = new MachineLimits(10, 60_000, 64, 1000, 2, 60_000, 100, 10, 10, 10, 8, 60_000);
        Group small = new Group(few);
        int limit = small.limit(TEN_A_MINUTE);
        long id = small.open();
        for (int sequence : new int[] {2, 4, 3, 1}) {
            small.apply(acquire(id, sequence, 1, charge("a", limit)));
        }
        assertThat(small.state.session(id).orElseThrow().grants())
                .extracting(Session.Grant::sequence)
                .containsExactly(3L, 4L);
        assertThat(small.outcome(refund(id, 9, 2, 1))).isEqualTo(refused(Reason.NOTHING_TO_REFUND));
    }

    @Test
    void convertsACounterWhoseLimitChanged() {
        group.acquired(acquire(session, 1, 3, charge("b", three)));
        Acquired grown = group.acquired(acquire(session, 2, 1, charge("b", ten)));
        assertThat(grown.results()).containsExactly(new ChargeResult(true, 6, 0, 20_000));
        assertThat(group.state.counter(key("b")).limitId()).isEqualTo(ten);
        assertThat(group.acquired(acquire(session, 3, 1, charge("b", three))).allowed())
                .isFalse();
        assertThat(group.state.counter(key("b")).limitId())
                .as("a denied request converts too")
                .isEqualTo(three);
        assertThat(group.outcome(refund(session, 4, 2, 1)))
                .as("a grant under another limit gives nothing back")
                .isEqualTo(new Refunded(0));
    }

    @Test
    void storesTheLimitsThatCountersUse() {
        assertThat(group.state.limits()).isEmpty();
        group.apply(acquire(session, 1, 1, charge("a", ten)));
        assertThat(group.state.limits()).containsExactly(new LimitDefinition(ten, TEN_A_MINUTE));
        LogEntry other = new LogEntry(
                group.nowMillis(),
                0,
                List.of(new LimitDefinition(ten, Limit.of(Algorithm.GCRA, 1, 1))),
                List.of(acquire(session, 2, 9, charge("a", ten))));
        assertThat(((Acquired) group.applyEntry(other).get(0).outcome()).allowed())
                .as("a number's first terms hold for ever")
                .isTrue();
    }

    @Test
    void resetMakesFresh() {
        group.apply(acquire(session, 1, 10, charge("a", ten)));
        assertThat(group.outcome(new Reset(key("a")))).isEqualTo(new Done(1));
        assertThat(group.outcome(new Reset(key("a")))).isEqualTo(new Done(0));
        assertThat(group.acquired(acquire(session, 2, 10, charge("a", ten))).allowed())
                .isTrue();
    }

    @Test
    void sweepRemovesWhatBecameFreshFromTheCursorOn() {
        for (int i = 0; i < 5; i++) {
            group.apply(acquire(session, 1 + i, 1, charge("k" + i, ten)));
        }
        assertThat(group.outcome(new Sweep(100))).isEqualTo(new Done(0));
        group.advance(20_000);
        group.apply(acquire(session, 9, 1, charge("k4", ten)));
        assertThat(group.outcome(new Sweep(2))).isEqualTo(new Done(2));
        assertThat(group.outcome(new Sweep(2))).isEqualTo(new Done(2));
        assertThat(group.outcome(new Sweep(2))).isEqualTo(new Done(0));
        assertThat(group.state.header().sweepCursor()).isEmpty();
        assertThat(group.state.header().counters()).isEqualTo(1);
    }

    @Test
    void sweepClosesExpiredSessions() {
        group.advance(60_001);
        assertThat(group.outcome(new Sweep(1))).isEqualTo(new Done(1));
        assertThat(group.state.sessionCount()).isZero();
    }

    @Test
    void refusesWhatOldRulesMatched() {
        group.matchBy(4);
        assertThat(group.outcome(new FenceRules(5))).isEqualTo(new Done(1));
        assertThat(group.outcome(new FenceRules(3))).isEqualTo(new Done(0));
        assertThat(group.outcome(acquire(session, 1, 1, charge("a", ten)))).isEqualTo(refused(Reason.STALE_RULES));
        group.matchBy(5);
        Applied decided = group.apply(acquire(session, 1, 1, charge("a", ten))).get(0);
        assertThat(((Acquired) decided.outcome()).allowed())
                .as("the same sequence, matched again")
                .isTrue();
        assertThat(decided.rulesVersion()).isEqualTo(5);
        group.apply(new FenceRules(6));
        assertThat(group.apply(acquire(session, 1, 1, charge("other", three))).get(0))
                .as("a repeat gets the first answer whatever rules matched it")
                .isEqualTo(decided);
    }

    @Test
    void refusesANewCounterBeyondTheBound() {
        Group small = new Group(new MachineLimits(10, 60_000, 64, 1000, 2, 60_000, 2, 10, 10, 10, 8, 60_000));
        int limit = small.limit(TEN_A_MINUTE);
        long id = small.open();
        small.apply(acquire(id, 1, 1, charge("a", limit)));
        assertThat(small.outcome(acquire(id, 2, 1, charge("b", limit), charge("c", limit))))
                .isEqualTo(refused(Reason.COUNTERS_FULL));
        assertThat(small.acquired(acquire(id, 2, 1, shadow("s", limit), charge("b", limit)))
                        .allowed())
                .isTrue();
        assertThat(small.state.counter(key("s")).isFresh())
                .as("no room for the shadow")
                .isTrue();
        assertThat(small.outcome(acquire(id, 3, 1, charge("c", limit)))).isEqualTo(refused(Reason.COUNTERS_FULL));
        assertThat(small.acquired(acquire(id, 4, 11, charge("c", limit))).allowed())
                .isFalse();
        assertThat(small.acquired(acquire(id, 5, 1, charge("a", limit))).allowed())
                .isTrue();
        small.apply(new Reset(key("b")));
        assertThat(small.acquired(acquire(id, 3, 1, charge("c", limit))).allowed())
                .isTrue();
    }

    @Test
    void refusesWhatTheSenderShouldHaveChecked() {
        List<Charge> many = new ArrayList<>(Collections.nCopies(Command.CHARGES_MAX + 1, charge("a", ten)));
        Command[] invalid = {
            acquire(session, 1, 0, charge("a", ten)),
            acquire(session, 1, -1, charge("a", ten)),
            acquire(session, 1, Command.COST_MAX + 1, charge("a", ten)),
            acquire(session, 0, 1, charge("a", ten)),
            acquire(session, Long.MIN_VALUE, 1, charge("a", ten)),
            acquire(session, Long.MAX_VALUE, 1, charge("a", ten)),
            new Acquire(session, Long.MAX_VALUE, Long.MAX_VALUE, 7, 1, List.of(charge("a", ten))),
            acquire(session, 1, 1, charge("a", 99)),
            acquire(session, 1, 1, charge("a", 0)),
            acquire(session, 1, 1, charge("a", Integer.MIN_VALUE)),
            acquire(session, 1, 1, charge("a", ten), charge("a", ten)),
            acquire(session, 1, 1, charge("a", ten), shadow("a", three)),
            new Acquire(session, 1, 2, 7, 1, List.of(charge("a", ten))),
            new Acquire(session, 1, Long.MAX_VALUE, 7, 1, List.of(charge("a", ten))),
            new Acquire(session, 1, 0, 7, 1, many),
            new Refund(session, 0, 0, 1, 1),
            new Refund(session, 1, 0, 1, 0),
            new Refund(session, 1, 0, 1, Long.MIN_VALUE),
            new Refund(session, 1, 2, 1, 1),
            new Sweep(0),
            new Sweep(-1),
            new Sweep(Integer.MAX_VALUE),
            new Command.OpenSession("x".repeat(65)),
        };
        for (Command command : invalid) {
            assertThat(group.outcome(command)).as(command.toString()).isEqualTo(refused(Reason.INVALID));
        }
        assertThat(group.state.header().counters()).isZero();
        assertThat(group.state.session(session).orElseThrow().answers()).isEmpty();
    }

    @Test
    void refusesALimitThatNoMeterCanHold() {
        Limit beyond = new Limit(Algorithm.GCRA, Limit.AMOUNT_MAX - 1, Limit.PERIOD_MILLIS_MAX - 1, Limit.AMOUNT_MAX);
        assertThatThrownBy(() -> Meter.of(beyond)).isInstanceOf(IllegalArgumentException.class);
        int number = group.limit(beyond);
        assertThat(group.outcome(acquire(session, 1, 1, charge("a", number)))).isEqualTo(refused(Reason.INVALID));
    }

    @Test
    void logTimeNeverGoesBackAndNeverBeyondReckoning() {
        group.apply(acquire(session, 1, 1, charge("a", ten)));
        for (long stamped : new long[] {5, -1, Long.MIN_VALUE, Long.MAX_VALUE, LogEntry.LOG_TIME_MILLIS_MAX + 1}) {
            group.applyEntry(new LogEntry(stamped, 0, List.of(), List.of(acquire(session, 2, 1, charge("a", ten)))));
            assertThat(group.state.header().logTimeMillis()).isEqualTo(1_000_000);
        }
    }

    @Test
    void everyAlgorithmReckonsAtTheLastLogTime() {
        group.advance(LogEntry.LOG_TIME_MILLIS_MAX - group.nowMillis());
        long late = group.open();
        int sequence = 1;
        for (Algorithm algorithm : Algorithm.values()) {
            int number = group.limit(Limit.of(algorithm, 7, Limit.PERIOD_MILLIS_MAX));
            Charge charge = charge("k" + number, number);
            assertThat(group.acquired(acquire(late, sequence++, 7, charge)).allowed())
                    .isTrue();
            assertThat(group.acquired(acquire(late, sequence++, 1, charge)).allowed())
                    .isFalse();
            group.apply(refund(late, sequence++, sequence - 3, 7));
        }
    }

    @Test
    void peekSaysWhatAnAcquireWouldGetAndChargesNothing() {
        group.apply(acquire(session, 1, 4, charge("a", ten)));
        List<Charge> charges = List.of(charge("a", ten), new Charge(key("b"), three, Mode.SHADOW));
        Acquired peeked = group.machine()
                .peek(
                        group.state,
                        group.nowMillis(),
                        5,
                        charges,
                        id -> Limit.of(Algorithm.FIXED_WINDOW, id == three ? 3 : 1, 60_000));
        assertThat(peeked)
                .isEqualTo(new Acquired(
                        true,
                        List.of(new ChargeResult(true, 1, 0, 20_000), new ChargeResult(false, 3, Verdict.NEVER, 0))));
        assertThat(used("a")).isEqualTo(4);
        assertThat(group.acquired(new Acquire(session, 2, 0, 7, 5, charges))).isEqualTo(peeked);
        assertThatThrownBy(() -> group.machine().peek(group.state, 0, 0, charges, id -> TEN_A_MINUTE))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
