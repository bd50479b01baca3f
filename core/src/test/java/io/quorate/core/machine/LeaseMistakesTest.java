package io.quorate.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.algorithm.Lending;
import io.quorate.core.lease.LeaseArithmetic;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.CounterState;
import io.quorate.core.testing.Tries;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The attack finds nothing in the ledger as it is, reaches the limit exactly, and finds each of the mistakes that one
 * could make in it, or random traffic does. {@code -Dseed=} begins at another seed, {@code -Dtries=} runs more.
 */
final class LeaseMistakesTest {
    private static final int TRIES = 400;
    /** Within so many runs of each kind every mistake is found. */
    private static final int RUNS_MAX = 400;

    private enum Mistake {
        OUTSTANDING_IS_FREED_BY_ANY_RENEWAL(
                new LeaseArithmetic() {
                    @Override
                    public long newlySpent(long reported, long known, long outstanding) {
                        return outstanding;
                    }
                },
                LeaseHolder::new),
        REFILL_IGNORES_WHAT_IS_OUT(
                new LeaseArithmetic() {
                    @Override
                    public CounterState clamp(Lending lending, CounterState state, long now, long outstanding) {
                        return lending.clamp(state, now, 0);
                    }
                },
                LeaseHolder::new),
        EXPIRY_REFUNDS(
                new LeaseArithmetic() {
                    @Override
                    public CounterState expire(Lending lending, CounterState state, long atMillis, long unreported) {
                        return lending.giveBack(state, atMillis, unreported);
                    }
                },
                LeaseHolder::new),
        RETURNS_ARENT_CUMULATIVE(
                new LeaseArithmetic() {
                    @Override
                    public long newlyReturned(long reported, long known, long outstanding) {
                        return Math.min(reported, outstanding);
                    }
                },
                LeaseHolder::new),
        EXPIRED_TOKENS_LEAVE_NO_TRACE_IN_A_LOG(
                new LeaseArithmetic() {
                    @Override
                    public CounterState expire(Lending lending, CounterState state, long atMillis, long unreported) {
                        return state;
                    }
                },
                LeaseHolder::new,
                Algorithm.SLIDING_LOG),
        SPENT_TOKENS_LEAVE_NO_TRACE_IN_A_LOG(
                new LeaseArithmetic() {
                    @Override
                    public long newlyReturned(long reported, long known, long outstanding) {
                        return outstanding;
                    }
                },
                LeaseHolder::new,
                Algorithm.SLIDING_LOG),
        A_WINDOW_TAKES_BACK_WHAT_WAS_SPENT(
                new LeaseArithmetic() {
                    @Override
                    public long newlyReturned(long reported, long known, long outstanding) {
                        return outstanding;
                    }
                },
                LeaseHolder::new,
                Algorithm.FIXED_WINDOW),
        A_SLIDING_WINDOW_TAKES_BACK_WHAT_WAS_SPENT(
                new LeaseArithmetic() {
                    @Override
                    public long newlyReturned(long reported, long known, long outstanding) {
                        return outstanding;
                    }
                },
                LeaseHolder::new,
                Algorithm.SLIDING_WINDOW),
        A_LEASE_OUTLIVES_ITS_WINDOW(LeaseArithmetic.EXACT, LeaseHolder.FromReply::new, Algorithm.FIXED_WINDOW),
        DEADLINE_COUNTS_FROM_THE_REPLY(LeaseArithmetic.EXACT, LeaseHolder.FromReply::new),
        UNUSED_NEED_IS_KEPT(LeaseArithmetic.EXACT, LeaseHolder.KeepsUnused::new);

        private final LeaseArithmetic arithmetic;
        private final Function<LeaseWorld, LeaseHolder> holder;

        private final Algorithm algorithm;

        Mistake(LeaseArithmetic arithmetic, Function<LeaseWorld, LeaseHolder> holder) {
            this(arithmetic, holder, Algorithm.TOKEN_BUCKET);
        }

        /** @param algorithm of the traffic; attacks are on buckets */
        Mistake(LeaseArithmetic arithmetic, Function<LeaseWorld, LeaseHolder> holder, Algorithm algorithm) {
            this.arithmetic = arithmetic;
            this.holder = holder;
            this.algorithm = algorithm;
        }
    }

    @Test
    void anAttackGetsTheBurstAndNoMore() {
        long[] worst = {Long.MIN_VALUE};
        Tries.run("LeaseAttack", TRIES, random -> {
            long excess = new LeaseAttack(random, LeaseArithmetic.EXACT, LeaseHolder::new)
                    .run()
                    .excess();
            assertThat(excess).isLessThanOrEqualTo(0);
            worst[0] = Math.max(worst[0], excess);
        });
        assertThat(worst[0]).as("the attack reaches the limit").isZero();
    }

    @ParameterizedTest
    @EnumSource(Mistake.class)
    void everyMistakeIsFound(Mistake mistake) {
        long seed = Long.getLong("seed", 1);
        int run = 0;
        boolean found = false;
        while (!found && run < RUNS_MAX) {
            Random random = new Random((seed + run++) * 0x9e3779b97f4a7c15L);
            found = mistake.algorithm == Algorithm.TOKEN_BUCKET
                    && isFound(new LeaseAttack(random, mistake.arithmetic, mistake.holder).run());
            found |=
                    isFound(new LeaseTraffic(random, mistake.algorithm, mistake.arithmetic, mistake.holder).run(false));
        }
        System.out.println(mistake + ": found in run " + run + ", -Dseed=" + seed);
        assertThat(found).as("%s is found within %s runs", mistake, RUNS_MAX).isTrue();
    }

    private static boolean isFound(LeaseWorld world) {
        return world.excess() > 0;
    }
}
