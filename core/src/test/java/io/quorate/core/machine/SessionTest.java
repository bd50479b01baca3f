package io.quorate.core.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Outcome;
import io.quorate.core.machine.Session.Answer;
import io.quorate.core.machine.Session.Grant;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A session's rings against sorted maps. */
final class SessionTest {
    private static final int WINDOW = 100;
    private static final int GRANTS = 7;

    private static Applied applied(long number) {
        return new Applied(number, 0, number, 0, new Outcome.Done(number));
    }

    private static Grant grant(long sequence, long refunded, long atMillis) {
        return new Grant(sequence, 5, refunded, atMillis, atMillis + 50, false, List.of());
    }

    @Test
    void keepsWhatSortedMapsWouldKeep() {
        long seed = Long.getLong("seed", 11);
        for (long round = 0; round < 50; round++) {
            keepsWhatSortedMapsWouldKeep(new Random(seed + round), "-Dseed=" + (seed + round));
        }
    }

    private static void keepsWhatSortedMapsWouldKeep(Random random, String seed) {
        Session session = new Session(3, "x", 0);
        TreeMap<Long, Answer> answers = new TreeMap<>();
        TreeMap<Long, Grant> grants = new TreeMap<>();
        long base = 1;
        for (int step = 0; step < 500; step++) {
            long sequence = base + random.nextInt(random.nextInt(8) == 0 ? WINDOW : 10);
            if (!answers.containsKey(sequence)) {
                Answer answer = new Answer(sequence, random.nextLong(), applied(step));
                answers.put(sequence, answer);
                session.keepAnswer(sequence, answer.payloadHash(), answer.applied());
                keepGrant(session, grants, grant(sequence, 0, step));
            }
            if (random.nextInt(4) == 0) {
                base = Math.max(base, base + random.nextInt(random.nextInt(8) == 0 ? WINDOW : 6) - 2);
                answers.headMap(base).clear();
                session.forgetBelow(base);
                session.forgetBelow(base - 1);
            }
            if (random.nextInt(4) == 0 && !grants.isEmpty()) {
                giveBack(session, grants, random);
            }
            assertThat(session.base()).as(seed).isEqualTo(base);
            assertThat(session.answerSpan())
                    .as(seed)
                    .isEqualTo(answers.isEmpty() ? 0 : (int) (answers.lastKey() + 1 - base));
            assertThat(session.answers()).as(seed).containsExactlyElementsOf(answers.values());
            assertThat(session.grants()).as(seed).containsExactlyElementsOf(grants.values());
            for (long s = base - 3; s < base + WINDOW; s++) {
                assertThat(session.hasAnswer(s)).as(seed).isEqualTo(answers.containsKey(s));
                assertThat(session.grant(s).isPresent()).as(seed).isEqualTo(grants.containsKey(s));
            }
            Session restored = Session.restore(3, "x", 0, base, session.answers(), session.grants());
            assertThat(restored.digest()).as(seed).isEqualTo(session.digest());
            session = random.nextInt(3) == 0 ? restored : session;
        }
    }

    /** So that the bound of the span of all sessions' answers is one of their memory, too. */
    @Test
    void answersTakeNoMorePlacesThanFourTimesTheirSpan() {
        long seed = Long.getLong("seed", 12);
        Random random = new Random(seed);
        AnswerRing ring = new AnswerRing(1);
        int widest = 0;
        for (int step = 0; step < 20_000; step++) {
            long sequence = ring.base() + random.nextInt(1 + random.nextInt(4096));
            if (random.nextBoolean() && !ring.has(sequence)) {
                ring.add(sequence, step, applied(sequence));
            } else {
                ring.forgetBelow(sequence);
            }
            assertThat(ring.places()).as("-Dseed=" + seed).isLessThanOrEqualTo(Math.max(16, 4 * ring.span()));
            assertThat(ring.copy())
                    .as("-Dseed=" + seed)
                    .allMatch(a -> a.applied().index() == a.sequence());
            widest = Math.max(widest, ring.span());
        }
        assertThat(widest).isGreaterThan(2048);
    }

    private static void keepGrant(Session session, TreeMap<Long, Grant> grants, Grant grant) {
        session.keepGrant(grant, GRANTS);
        while (!grants.isEmpty() && grants.firstEntry().getValue().refundableUntilMillis() < grant.atMillis()) {
            grants.pollFirstEntry();
        }
        grants.put(grant.sequence(), grant);
        if (grants.size() > GRANTS) {
            grants.pollFirstEntry();
        }
    }

    private static void giveBack(Session session, TreeMap<Long, Grant> grants, Random random) {
        List<Grant> kept = List.copyOf(grants.values());
        Grant one = kept.get(random.nextInt(kept.size()));
        Grant less = grant(one.sequence(), Math.min(5, one.refunded() + 1 + random.nextInt(5)), one.atMillis());
        session.replaceGrant(less);
        if (less.refunded() == 5) {
            grants.remove(less.sequence());
        } else {
            grants.put(less.sequence(), less);
        }
    }

    @Test
    void restoresOnlyWhatASessionCanHold() {
        List<Answer> descending = List.of(new Answer(5, 0, applied(1)), new Answer(4, 0, applied(1)));
        assertThatThrownBy(() -> Session.restore(1, "", 0, 1, descending, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        List<Answer> far = List.of(new Answer(1L << 40, 0, applied(1)));
        assertThatThrownBy(() -> Session.restore(1, "", 0, 1, far, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        List<Answer> below = List.of(new Answer(3, 0, applied(1)));
        assertThatThrownBy(() -> Session.restore(1, "", 0, 4, below, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Session.restore(1, "", 0, 0, List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        List<Grant> twice = List.of(grant(2, 0, 0), grant(2, 1, 0));
        assertThatThrownBy(() -> Session.restore(1, "", 0, 1, List.of(), twice))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
