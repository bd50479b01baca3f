package io.quorate.client.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who waits, for how much, and until when. */
class WaitersTest {
    private final Waiters waiters = new Waiters();
    private final List<Waiter> late = new ArrayList<>();

    private Kit.Told add(long cost, long deadlineNanos) {
        Kit.Told told = new Kit.Told(cost, deadlineNanos);
        waiters.add(told);
        return told;
    }

    @Test
    void theLateLeaveAndTheOthersKeepTheirOrderAndTheirDeadline() {
        Kit.Told first = add(1, 300);
        Kit.Told second = add(2, 100);
        Kit.Told third = add(4, 200);
        assertThat(waiters.tokens()).isEqualTo(7);
        assertThat(waiters.earliestDeadlineNanos()).isEqualTo(100);
        waiters.removeLate(99, late::add);
        assertThat(late).isEmpty();
        waiters.removeLate(150, late::add);
        assertThat(late).containsExactly(second);
        assertThat(waiters.earliestDeadlineNanos()).isEqualTo(200);
        assertThat(waiters.tokens()).isEqualTo(5);
        assertThat(waiters.removeFirst()).isSameAs(first);
        assertThat(waiters.removeFirst()).isSameAs(third);
        assertThat(waiters.isEmpty()).isTrue();
        assertThat(waiters.tokens()).isZero();
        add(1, 50);
        assertThat(waiters.earliestDeadlineNanos()).as("of those that wait now").isEqualTo(50);
    }
}
