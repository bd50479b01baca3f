package io.quorate.client.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The window against a set of numbers, with orders drawn from a seed ({@code -Dseed=} repeats one). */
class SequenceWindowProperties {
    @Test
    void agreesWithASetOfUnsettledSequences() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("SequenceWindow: -Dseed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            SequenceWindow window = new SequenceWindow();
            TreeSet<Long> unsettled = new TreeSet<>();
            List<Long> order = new ArrayList<>();
            long taken = 0;
            int takeOf = 1 + random.nextInt(20);
            for (int step = 0; step < 20_000; step++) {
                boolean take = unsettled.isEmpty() || random.nextInt(21) < takeOf;
                long oldest = unsettled.isEmpty() ? taken + 1 : unsettled.first();
                assertThat(window.settledBelow()).as("seed %d", seed).isEqualTo(oldest);
                assertThat(window.hasRoom()).as("seed %d", seed).isEqualTo(taken + 1 - oldest < SequenceWindow.SIZE);
                if (take && window.hasRoom()) {
                    taken++;
                    assertThat(window.take()).as("seed %d", seed).isEqualTo(taken);
                    unsettled.add(taken);
                    order.add(taken);
                } else if (!order.isEmpty()) {
                    // Mostly old ones, sometimes any.
                    int at = random.nextInt(random.nextBoolean() ? Math.min(8, order.size()) : order.size());
                    long sequence = order.remove(at);
                    unsettled.remove(sequence);
                    window.settle(sequence);
                }
            }
        }
    }

    @Test
    void refusesToSettleWhatIsNotOut() {
        SequenceWindow window = new SequenceWindow();
        long first = window.take();
        window.take();
        window.settle(first);
        assertThatThrownBy(() -> window.settle(first)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> window.settle(3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hasNoRoomBehindAnUnsettledSequence() {
        SequenceWindow window = new SequenceWindow();
        long oldest = window.take();
        for (int i = 1; i < SequenceWindow.SIZE; i++) {
            window.settle(window.take());
        }
        assertThat(window.hasRoom()).isFalse();
        assertThatThrownBy(window::take).isInstanceOf(IllegalStateException.class);
        window.settle(oldest);
        assertThat(window.settledBelow()).isEqualTo(SequenceWindow.SIZE + 1L);
        assertThat(window.hasRoom()).isTrue();
    }
}
