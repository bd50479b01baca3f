package io.quorate.client.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlineWheelTest {
    private static final long TICK = DeadlineWheel.TICK_NANOS;

    private final List<Waiter> woken = new ArrayList<>();

    private final class Waiter extends Timed {
        private long wokenAtNanos = -1;

        @Override
        void timeUp(long nowNanos) {
            assertThat(wokenAtNanos).isEqualTo(-1);
            wokenAtNanos = nowNanos;
            woken.add(this);
        }
    }

    @Test
    void wakesEachOnceNeverEarlyAndAtMostATickLate() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("DeadlineWheel: -Dseed=" + seed);
        Random random = new Random(seed);
        long now = random.nextLong(); // monotonic clocks may stand anywhere, and wrap
        DeadlineWheel wheel = new DeadlineWheel(now);
        List<Waiter> waiting = new ArrayList<>();
        for (int step = 0; step < 3_000; step++) {
            for (int i = random.nextInt(4); i > 0; i--) {
                Waiter waiter = new Waiter();
                wheel.schedule(waiter, now + random.nextLong(random.nextInt(50) == 0 ? 2000 * TICK : 100 * TICK));
                waiting.add(waiter);
            }
            if (!waiting.isEmpty() && random.nextInt(5) == 0) {
                Waiter moved = waiting.get(random.nextInt(waiting.size()));
                wheel.schedule(moved, now + random.nextLong(300 * TICK));
            }
            if (!waiting.isEmpty() && random.nextInt(9) == 0) {
                wheel.cancel(waiting.remove(random.nextInt(waiting.size())));
            }
            long before = now;
            now += random.nextInt(100) == 0 ? random.nextLong(3000 * TICK) : random.nextLong(2 * TICK);
            woken.clear();
            wheel.advance(now);
            for (Waiter waiter : woken) {
                assertThat(waiting.remove(waiter)).as("seed %d", seed).isTrue();
                assertThat(now - waiter.wakeAtNanos).as("seed %d", seed).isNotNegative();
                assertThat(before - waiter.wakeAtNanos).as("seed %d", seed).isLessThanOrEqualTo(TICK);
            }
            assertThat(wheel.isEmpty()).as("seed %d", seed).isEqualTo(waiting.isEmpty());
        }
    }

    @Test
    void whatIsDueMayCancelWhatIsDueToo() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        Waiter other = new Waiter();
        Timed first = new Timed() {
            @Override
            void timeUp(long nowNanos) {
                wheel.cancel(other);
                wheel.schedule(this, nowNanos + TICK);
            }
        };
        wheel.schedule(first, TICK);
        wheel.schedule(other, TICK);
        wheel.advance(TICK);
        assertThat(woken).isEmpty();
        assertThat(wheel.isScheduled(first)).isTrue();
        assertThat(wheel.isScheduled(other)).isFalse();
    }

    @Test
    void drainsAll() {
        DeadlineWheel wheel = new DeadlineWheel(0);
        for (int i = 0; i < 1000; i++) {
            wheel.schedule(new Waiter(), i * 7 * TICK);
        }
        List<Timed> drained = new ArrayList<>();
        wheel.drain(drained::add);
        assertThat(drained).hasSize(1000);
        assertThat(wheel.isEmpty()).isTrue();
    }
}
