package io.quorate.chaos.check.wgl;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.chaos.check.wgl.Linearizability.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The search against trying every order, on many small histories of a counter with a limit. */
final class LinearizabilityTest {
    private static final int HISTORIES = 20_000;
    private static final long LIMIT = 4;

    private record Op(boolean read, long cost, long answer) {}

    private static final Spec<Long, Op> COUNTER = new Spec<>() {
        @Override
        public Long initial() {
            return 0L;
        }

        @Override
        public @Nullable Long next(Long used, Op op, boolean known) {
            if (op.read()) {
                return !known || op.answer() == used ? used : null;
            }
            boolean fits = used + op.cost() <= LIMIT;
            if (known && (op.answer() == 1) != fits) {
                return null;
            }
            return fits ? Long.valueOf(used + op.cost()) : used;
        }
    };

    @Test
    void agreesWithTryingEveryOrder() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + seed);
        int violated = 0;
        for (int i = 0; i < HISTORIES; i++) {
            SplittableRandom random = new SplittableRandom(seed + i);
            List<Call<Op>> calls = history(random, 1 + random.nextInt(8), 4, random.nextBoolean());
            boolean legal = someOrder(calls, new boolean[calls.size()], 0L);
            violated += legal ? 0 : 1;
            assertThat(Linearizability.check(COUNTER, calls, 1_000_000))
                    .as("-Dseed=%d %s", seed + i, calls)
                    .isEqualTo(legal ? Verdict.LINEARIZABLE : Verdict.VIOLATED);
        }
        assertThat(violated).as("both kinds were there").isBetween(HISTORIES / 10, HISTORIES * 9 / 10);
    }

    @Test
    void aHistoryAsLongAsAKeysIsSearchedWithinTheBudget() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + seed);
        int unknown = 0;
        for (int i = 0; i < 50; i++) {
            List<Call<Op>> calls = history(new SplittableRandom(seed + i), 200, 8, false);
            Verdict verdict = Linearizability.check(COUNTER, calls, 200_000);
            assertThat(verdict).as("-Dseed=%d", seed + i).isNotEqualTo(Verdict.VIOLATED);
            unknown += verdict == Verdict.UNKNOWN ? 1 : 0;
        }
        assertThat(unknown).as("of 50 searches without a result").isLessThan(25);
    }

    @Test
    void withoutABudgetItSaysThatItDoesNotKnow() {
        List<Call<Op>> calls = history(new SplittableRandom(5), 200, 8, false);
        assertThat(Linearizability.check(COUNTER, calls, 3)).isEqualTo(Verdict.UNKNOWN);
    }

    /** Calls with true answers, unless one is changed; some are never answered, and took place or not. */
    private static List<Call<Op>> history(SplittableRandom random, int count, int callers, boolean corrupt) {
        record Point(long at, long called, long returned, boolean read, long cost, boolean known) {}
        long[] free = new long[callers];
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int caller = random.nextInt(callers);
            long called = free[caller] + 1 + random.nextInt(5);
            long at = called + random.nextInt(20);
            long returned = at + random.nextInt(20);
            boolean known = random.nextInt(100) >= (count > 100 ? 1 : 15);
            free[caller] = known ? returned : returned + 50;
            points.add(new Point(at, called, returned, random.nextInt(4) == 0, 1 + random.nextInt(3), known));
        }
        points.sort(Comparator.comparingLong(Point::at));
        long used = 0;
        List<Call<Op>> calls = new ArrayList<>();
        for (Point p : points) {
            boolean fits = used + p.cost() <= LIMIT;
            long answer = p.read() ? used : fits ? 1 : 0;
            boolean happened = p.known() || random.nextBoolean();
            used += !p.read() && fits && happened ? p.cost() : 0;
            calls.add(
                    new Call<>(p.called(), p.known() ? p.returned() : Call.NEVER, new Op(p.read(), p.cost(), answer)));
        }
        int wrong = random.nextInt(calls.size());
        Call<Op> call = calls.get(wrong);
        if (corrupt && call.isKnown()) {
            Op op = call.what();
            long answer = op.read() ? op.answer() + 1 : 1 - op.answer();
            calls.set(wrong, new Call<>(call.calledAt(), call.returnedAt(), new Op(op.read(), op.cost(), answer)));
        }
        return calls;
    }

    private static boolean someOrder(List<Call<Op>> calls, boolean[] done, Long state) {
        boolean all = true;
        long firstReturn = Long.MAX_VALUE;
        for (int i = 0; i < done.length; i++) {
            if (!done[i]) {
                all &= !calls.get(i).isKnown();
                firstReturn = Math.min(firstReturn, calls.get(i).returnedAt());
            }
        }
        if (all) {
            return true;
        }
        for (int i = 0; i < done.length; i++) {
            if (!done[i] && calls.get(i).calledAt() <= firstReturn) {
                Long next =
                        COUNTER.next(state, calls.get(i).what(), calls.get(i).isKnown());
                if (next != null) {
                    done[i] = true;
                    if (someOrder(calls, done, next)) {
                        return true;
                    }
                    done[i] = false;
                }
            }
        }
        return false;
    }
}
