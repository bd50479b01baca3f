package io.quorate.core.machine;

import static io.quorate.core.machine.Group.acquire;
import static io.quorate.core.machine.Group.charge;
import static io.quorate.core.machine.Group.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.command.Command.RenewLease;
import io.quorate.core.command.Command.Reset;
import io.quorate.core.command.Command.Sweep;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Limits go when no counter has them any more, a bounded number at a time; those in use stay. */
final class LimitPruningTest {
    private static final int IDLE_MAX = 4;

    private final Group group =
            new Group(new MachineLimits(10, 600_000, 64, 1000, 8, 60_000, 100, IDLE_MAX, 10, 10, 4, 60_000));
    private final long session = group.open();
    private long sequence;

    private int minuteLimit() {
        return group.limit(Limit.of(Algorithm.FIXED_WINDOW, 1000, 60_000));
    }

    private void take(String key, int limitId) {
        assertThat(group.acquired(acquire(session, ++sequence, 1, charge(key, limitId)))
                        .allowed())
                .isTrue();
    }

    private List<Integer> known() {
        return group.state.limits().stream().map(LimitDefinition::limitId).toList();
    }

    private void passes(int count) {
        for (int i = 0; i < count; i++) {
            group.apply(new Sweep(100));
        }
    }

    @Test
    void aLimitWhoseCountersAreGoneGoesAndComesBackWithItsNextUse() {
        int limit = minuteLimit();
        take("a", limit);
        passes(3);
        assertThat(known()).as("in use").containsExactly(limit);

        group.advance(120_000);
        passes(1);
        assertThat(group.state.header().counters()).isZero();
        passes(3);
        assertThat(known()).isEmpty();

        take("a", limit);
        assertThat(known()).containsExactly(limit);
        passes(3);
        assertThat(known()).containsExactly(limit);
    }

    @Test
    void aLimitThatACounterWasGivenBehindTheSweepStays() {
        int old = minuteLimit();
        int next = minuteLimit();
        take("a", old);
        take("z", next);
        passes(1);
        // The sweep has passed "a", not "z"; then the two change places, as it were.
        group.apply(new Sweep(1));
        take("a", next);
        group.apply(new Reset(key("z")));
        passes(1);
        assertThat(known()).containsExactly(old, next);
        passes(2);
        assertThat(known()).as("nobody has the other").containsExactly(next);
        take("a", next);
    }

    @Test
    void aLimitThatIsUsedInTheEntryInWhichItWouldGoStays() {
        int limit = minuteLimit();
        take("a", limit);
        group.apply(new Reset(key("a")));
        passes(1);
        group.apply(new Sweep(100), acquire(session, ++sequence, 1, charge("b", limit)));
        assertThat(known()).containsExactly(limit);
        group.apply(new Reset(key("b")));
        passes(1);
        group.apply(acquire(session, ++sequence, 1, charge("c", limit)), new Sweep(100), new Sweep(100));
        assertThat(known()).containsExactly(limit);
        group.apply(new Reset(key("c")), new Sweep(100), new Sweep(100), new Sweep(100));
        passes(2);
        assertThat(known()).isEmpty();
    }

    @Test
    void aLeaseIsAUse() {
        int limit = group.limit(Limit.of(Algorithm.TOKEN_BUCKET, 10, 1000));
        group.apply(new RenewLease(session, key("a"), limit, 1, 1, 0, 0, 0, 5, 30_000));
        group.advance(5_000);
        passes(4);
        assertThat(known()).containsExactly(limit);
        group.advance(60_000);
        passes(4);
        assertThat(known()).isEmpty();
    }

    @Test
    void aPassIsAfterNoMoreThanItMayAndTheNextGoesOnThere() {
        int used = minuteLimit();
        take("stays", used);
        for (int i = 0; i < 9; i++) {
            take("k" + i, minuteLimit());
            group.apply(new Reset(key("k" + i)));
        }
        int before = 10;
        for (int pass = 0; before > 1; pass++) {
            passes(1);
            assertThat(before - known().size()).isBetween(0, IDLE_MAX);
            assertThat(group.state.header().limitSweep().idleCount()).isLessThanOrEqualTo(IDLE_MAX);
            before = known().size();
            assertThat(pass).isLessThan(8);
        }
        assertThat(known()).containsExactly(used);
    }
}
