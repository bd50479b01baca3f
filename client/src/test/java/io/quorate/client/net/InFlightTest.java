package io.quorate.client.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.client.route.Call;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InFlightTest {
    @Test
    void findsEachCallUnderItsIdWhateverTheOrderOfAnswers() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("InFlight: -Dseed=" + seed);
        Random random = new Random(seed);
        for (int max : new int[] {1, 2, 3, 7, 64, 100}) {
            InFlight inFlight = new InFlight(max);
            List<Call> out = new ArrayList<>();
            Set<Long> ids = new HashSet<>();
            for (int step = 0; step < 5_000; step++) {
                assertThat(inFlight.hasRoom()).isEqualTo(out.size() < max);
                if (inFlight.hasRoom() && (out.isEmpty() || random.nextInt(3) > 0)) {
                    Call call = new BlankCall();
                    inFlight.add(call);
                    assertThat(ids.add(call.correlationId()))
                            .as("seed %d", seed)
                            .isTrue();
                    out.add(call);
                } else {
                    // The oldest stays long now and then, so that its slot is in the way.
                    int at = out.size() > 1 && random.nextInt(50) > 0 ? 1 + random.nextInt(out.size() - 1) : 0;
                    Call call = out.remove(at);
                    assertThat(inFlight.has(call.correlationId())).isTrue();
                    assertThat(inFlight.remove(call.correlationId()))
                            .as("seed %d", seed)
                            .isSameAs(call);
                    assertThat(inFlight.has(call.correlationId())).isFalse();
                }
            }
            assertThat(inFlight.drain()).containsExactlyElementsOf(out);
        }
    }

    @Test
    void anAbandonedCallKeepsItsPlaceUntilItsAnswerComes() {
        InFlight inFlight = new InFlight(1);
        Call call = new BlankCall();
        inFlight.add(call);
        inFlight.abandon(call);
        assertThat(inFlight.hasRoom()).isFalse();
        assertThat(inFlight.has(call.correlationId())).isTrue();
        assertThat(inFlight.remove(call.correlationId())).isNull();
        assertThat(inFlight.hasRoom()).isTrue();
        assertThat(inFlight.drain()).isEmpty();
    }

    @Test
    void knowsNoIdsThatItDidNotGive() {
        InFlight inFlight = new InFlight(8);
        inFlight.add(new BlankCall());
        for (long id : new long[] {0, -1, 2, 33, 1L << 32 | 1, Long.MIN_VALUE + 1, Long.MAX_VALUE}) {
            assertThat(inFlight.has(id)).as("%d", id).isFalse();
            assertThatThrownBy(() -> inFlight.remove(id)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
