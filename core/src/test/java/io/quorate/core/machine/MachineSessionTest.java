package io.quorate.core.machine;

import static io.quorate.core.machine.Group.acquire;
import static io.quorate.core.machine.Group.charge;
import static io.quorate.core.machine.Group.key;
import static io.quorate.core.machine.Group.refund;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.Command.Acquire;
import io.quorate.core.command.Command.CloseSession;
import io.quorate.core.command.Command.OpenSession;
import io.quorate.core.command.Command.Reset;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.Acquired;
import io.quorate.core.command.Outcome.Done;
import io.quorate.core.command.Outcome.Reason;
import io.quorate.core.command.Outcome.Refunded;
import io.quorate.core.command.Outcome.Refused;
import io.quorate.core.command.Outcome.SessionOpened;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.CounterState.Window;
import io.quorate.core.quota.Limit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sessions, and that each request has one effect, by examples. */
final class MachineSessionTest {
    private static final MachineLimits SMALL = new MachineLimits(3, 1_000, 8, 20, 4, 1_000, 100, 10, 10, 10, 8, 60_000);

    private final Group group = new Group(SMALL);
    private final int ten = group.limit(Limit.of(Algorithm.FIXED_WINDOW, 10, 1_000_000));

    private static Outcome refused(Reason reason) {
        return new Refused(reason);
    }

    private static Acquire acked(long session, long sequence, long ackedBelow, Charge charge) {
        return new Acquire(session, sequence, ackedBelow, 7, 1, List.of(charge));
    }

    private long taken() {
        return group.state.counter(key("a")).state() instanceof Window window ? window.count() : 0;
    }

    @Test
    void numbersSessionsAndNeverGivesANumberAgain() {
        assertThat(group.outcome(new OpenSession(""))).isEqualTo(new SessionOpened(1, 1_000));
        assertThat(group.outcome(new CloseSession(1))).isEqualTo(new Done(1));
        assertThat(group.outcome(new CloseSession(1))).isEqualTo(new Done(0));
        assertThat(group.open()).isEqualTo(2);
        List<Applied> answers = group.apply(new OpenSession("x"), new CloseSession(3), new OpenSession("y"));
        assertThat(answers.get(2).outcome()).isEqualTo(new SessionOpened(4, 1_000));
        assertThat(group.state.sessionCount()).isEqualTo(2);
    }

    @Test
    void executesNothingForAnUnknownSession() {
        assertThat(group.outcome(acquire(1, 1, 1, charge("a", ten)))).isEqualTo(refused(Reason.UNKNOWN_SESSION));
        assertThat(group.outcome(acquire(0, 1, 1, charge("a", ten)))).isEqualTo(refused(Reason.UNKNOWN_SESSION));
        assertThat(group.outcome(acquire(-7, 1, 1, charge("a", ten)))).isEqualTo(refused(Reason.UNKNOWN_SESSION));
        assertThat(group.outcome(refund(5, 1, 1, 1))).isEqualTo(refused(Reason.UNKNOWN_SESSION));
        assertThat(group.state.header().counters()).isZero();
    }

    @Test
    void aSessionLivesFromItsLastCommand() {
        long session = group.open();
        group.advance(1_000);
        group.acquired(acquire(session, 1, 1, charge("a", ten)));
        group.advance(1_000);
        assertThat(group.outcome(refund(session, 2, 9, 1)))
                .as("any command is a use, a refused one too")
                .isEqualTo(refused(Reason.NOTHING_TO_REFUND));
        group.advance(1_000);
        group.acquired(acquire(session, 3, 1, charge("a", ten)));
        group.advance(1_001);
        assertThat(group.outcome(acquire(session, 4, 1, charge("a", ten)))).isEqualTo(refused(Reason.UNKNOWN_SESSION));
        assertThat(group.state.sessionCount()).isZero();
        assertThat(taken()).isEqualTo(2);
    }

    @Test
    void opensNoMoreSessionsThanFitAndMakesRoomFromExpired() {
        long first = group.open();
        group.open();
        group.open();
        group.advance(600);
        group.apply(acquire(first, 1, 1, charge("a", ten)));
        assertThat(group.outcome(new OpenSession(""))).isEqualTo(refused(Reason.SESSIONS_FULL));
        group.advance(401);
        List<Applied> answers = group.apply(new OpenSession(""), new OpenSession(""), new OpenSession(""));
        assertThat(answers.get(0).outcome()).isEqualTo(new SessionOpened(4, 1_000));
        assertThat(answers.get(1).outcome()).isEqualTo(new SessionOpened(5, 1_000));
        assertThat(answers.get(2).outcome()).isEqualTo(refused(Reason.SESSIONS_FULL));
        assertThat(group.state.sessions()).extracting(Session::id).containsExactly(first, 4L, 5L);
    }

    @Test
    void aRepeatGetsTheFirstAnswerAndHasNoEffect() {
        long session = group.open();
        Applied first = group.apply(acquire(session, 1, 4, charge("a", ten))).get(0);
        group.advance(500);
        assertThat(group.apply(acquire(session, 1, 4, charge("a", ten)))).containsExactly(first);
        List<Applied> twice =
                group.apply(acquire(session, 2, 9, charge("a", ten)), acquire(session, 2, 9, charge("a", ten)));
        assertThat(twice.get(1)).isSameAs(twice.get(0));
        group.apply(new Reset(key("a")));
        assertThat(((Acquired) group.outcome(acquire(session, 2, 9, charge("a", ten)))).allowed())
                .as("denied once is denied for ever")
                .isFalse();
        assertThat(taken()).isZero();
    }

    @Test
    void aSequenceIsForOneRequest() {
        long session = group.open();
        group.apply(acquire(session, 1, 4, charge("a", ten)));
        for (Command other : List.of(
                acquire(session, 1, 5, charge("a", ten)),
                new Acquire(session, 1, 0, 8, 4, List.of(charge("a", ten))),
                refund(session, 1, 1, 4))) {
            assertThat(group.outcome(other)).isEqualTo(refused(Reason.PAYLOAD_MISMATCH));
        }
        group.apply(refund(session, 2, 1, 1));
        assertThat(group.outcome(refund(session, 2, 1, 2))).isEqualTo(refused(Reason.PAYLOAD_MISMATCH));
        assertThat(taken()).isEqualTo(3);
    }

    @Test
    void forgetsWhatTheClientHasTheAnswerTo() {
        long session = group.open();
        group.apply(acquire(session, 1, 1, charge("a", ten)), acquire(session, 2, 1, charge("a", ten)));
        group.apply(acked(session, 3, 2, charge("a", ten)));
        assertThat(group.outcome(acquire(session, 1, 1, charge("a", ten)))).isEqualTo(refused(Reason.UNKNOWN_EXPIRED));
        assertThat(group.outcome(refund(session, 1, 1, 1))).isEqualTo(refused(Reason.UNKNOWN_EXPIRED));
        assertThat(group.acquired(acquire(session, 2, 1, charge("a", ten))).allowed())
                .isTrue();
        assertThat(taken()).isEqualTo(3);
        assertThat(group.outcome(refund(session, 4, 1, 1)))
                .as("grants outlive their answers")
                .isEqualTo(new Refunded(1));
    }

    @Test
    void takesSequencesInAnyOrderWithinTheWindow() {
        long session = group.open();
        for (long sequence : new long[] {8, 3, 1, 7}) {
            group.acquired(acquire(session, sequence, 1, charge("a", ten)));
        }
        assertThat(group.outcome(acquire(session, 9, 1, charge("a", ten)))).isEqualTo(refused(Reason.WINDOW_FULL));
        assertThat(group.outcome(acquire(session, Command.SEQUENCE_MAX, 1, charge("a", ten))))
                .isEqualTo(refused(Reason.WINDOW_FULL));
        assertThat(group.outcome(acquire(session, Command.SEQUENCE_MAX + 1, 1, charge("a", ten))))
                .isEqualTo(refused(Reason.INVALID));
        assertThat(group.outcome(refund(session, 9, 8, 1))).isEqualTo(refused(Reason.WINDOW_FULL));
        group.acquired(acked(session, 9, 2, charge("a", ten)));
        assertThat(group.state.session(session).orElseThrow().answers())
                .extracting(Session.Answer::sequence)
                .containsExactly(3L, 7L, 8L, 9L);
        group.acquired(acked(session, Command.SEQUENCE_MAX, Command.SEQUENCE_MAX, charge("a", ten)));
        assertThat(taken()).isEqualTo(6);
    }

    /** At the bound of all sessions' answers: nothing new is decided, and what was decided keeps its answer. */
    @Test
    void keepsNoMoreAnswersThanFitAndNoneTwice() {
        long[] sessions = {group.open(), group.open(), group.open()};
        Applied first =
                group.apply(acquire(sessions[0], 1, 1, charge("a", ten))).get(0);
        group.acquired(acquire(sessions[0], 8, 1, charge("a", ten)));
        group.acquired(acquire(sessions[1], 8, 1, charge("a", ten)));
        group.acquired(acquire(sessions[2], 4, 1, charge("a", ten)));
        assertThat(group.state.answerSpan()).isEqualTo(20);
        assertThat(taken()).isEqualTo(4);

        Acquire refused = acquire(sessions[2], 5, 1, charge("a", ten));
        assertThat(group.outcome(refused)).isEqualTo(refused(Reason.ANSWERS_FULL));
        assertThat(group.outcome(refund(sessions[2], 5, 4, 1))).isEqualTo(refused(Reason.ANSWERS_FULL));
        assertThat(group.apply(acquire(sessions[0], 1, 1, charge("a", ten)))).containsExactly(first);
        assertThat(taken()).as("none of these counted").isEqualTo(4);
        group.acquired(acquire(sessions[1], 3, 1, charge("a", ten)));
        assertThat(taken()).as("a gap takes no more room").isEqualTo(5);

        group.acquired(acked(sessions[0], 8, 8, charge("a", ten)));
        assertThat(group.acquired(refused).allowed())
                .as("what was refused is decided")
                .isTrue();
        assertThat(taken()).isEqualTo(6);
        assertThat(group.state.answerSpan()).isEqualTo(14);
    }

    @Test
    void makesRoomForAnswersFromSessionsThatWereUnusedTooLong() {
        long idle = group.open();
        long busy = group.open();
        long third = group.open();
        group.acquired(acquire(idle, 8, 1, charge("a", ten)));
        group.advance(600);
        group.acquired(acquire(busy, 8, 1, charge("a", ten)));
        assertThat(group.outcome(acquire(third, 5, 1, charge("a", ten)))).isEqualTo(refused(Reason.ANSWERS_FULL));
        group.advance(600);
        group.acquired(acquire(third, 5, 1, charge("a", ten)));
        assertThat(group.state.sessions()).extracting(Session::id).containsExactly(busy, third);
        assertThat(group.state.answerSpan()).isEqualTo(13);
        group.apply(new Command.CloseSession(busy));
        assertThat(group.state.answerSpan()).isEqualTo(5);
    }

    @Test
    void aPermitCanBeReleasedHoweverBusyItsSessionIs() {
        int permits = group.limit(Limit.of(Algorithm.CONCURRENCY, 2, 1_000_000));
        long id = group.open();
        group.apply(acquire(id, 1, 2, charge("p", permits)));
        for (int sequence = 2; sequence < 50; sequence++) {
            group.apply(new Acquire(id, sequence, sequence, 7, 1, List.of(charge("a", ten))));
        }
        assertThat(group.outcome(new Command.Refund(id, 50, 50, 1, 2))).isEqualTo(new Refunded(2));
    }

    @Test
    void aPermitCanBeReleasedHoweverLongItsSessionWasIdle() {
        int permits = group.limit(Limit.of(Algorithm.CONCURRENCY, 2, 1_000_000));
        long id = group.open();
        group.apply(acquire(id, 1, 2, charge("p", permits)));
        group.advance(500_000);
        group.apply(new Command.Sweep(10));
        assertThat(group.outcome(refund(id, 2, 1, 2))).isEqualTo(new Refunded(2));
        group.advance(1_001);
        assertThat(group.outcome(refund(id, 3, 1, 1))).isEqualTo(refused(Reason.UNKNOWN_SESSION));
    }

    @Test
    void refusesMorePermitsThanCanBeReleased() {
        int permits = group.limit(Limit.of(Algorithm.CONCURRENCY, 100, 1_000));
        long id = group.open();
        for (int sequence = 1; sequence <= 8; sequence++) {
            group.apply(new Acquire(id, sequence, sequence, 7, 1, List.of(charge("p", permits))));
        }
        Acquire ninth = new Acquire(id, 9, 9, 7, 1, List.of(charge("p", permits)));
        assertThat(group.outcome(ninth)).isEqualTo(refused(Reason.WINDOW_FULL));
        group.advance(600);
        group.apply(new Acquire(id, 9, 9, 7, 1, List.of(charge("a", ten))));
        group.advance(500);
        assertThat(group.acquired(new Acquire(id, 10, 10, 7, 1, List.of(charge("p", permits))))
                        .allowed())
                .as("those whose permits are free again make room")
                .isTrue();
    }
}
