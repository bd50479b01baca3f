package io.quorate.core.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.quota.CounterState.Holder;
import io.quorate.core.quota.CounterState.Log;
import io.quorate.core.quota.CounterState.Permits;
import io.quorate.core.quota.CounterState.Taken;
import io.quorate.core.testing.Tries;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CounterStateTest {
    private static final ChargeId A = new ChargeId(1, 1);
    private static final ChargeId B = new ChargeId(1, 2);

    @Test
    void logsThatGrowFromOneDoNotSeeEachOther() {
        Log base = Log.of(1, 1).plus(2, 2).plus(3, 3);
        Log left = base.plus(4, 4).plus(5, 5);
        Log right = base.plus(7, 7).plus(8, 8);
        Log merged = base.plus(3, 10).plus(9, 9);
        assertThat(base).isEqualTo(new Log(List.of(new Taken(1, 1), new Taken(2, 2), new Taken(3, 3))));
        assertThat(left.entries()).endsWith(new Taken(3, 3), new Taken(4, 4), new Taken(5, 5));
        assertThat(right.entries()).endsWith(new Taken(3, 3), new Taken(7, 7), new Taken(8, 8));
        assertThat(merged.entries()).endsWith(new Taken(2, 2), new Taken(3, 13), new Taken(9, 9));
    }

    @Test
    void logsDoWhatListsDo() {
        Tries.run("Log", 500, random -> {
            List<Log> logs = new ArrayList<>(List.of(Log.of(0, 1)));
            List<List<Taken>> lists = new ArrayList<>(List.of(List.of(new Taken(0, 1))));
            for (int step = 0; step < 100; step++) {
                int from = random.nextInt(3) == 0 ? random.nextInt(logs.size()) : logs.size() - 1;
                Log log = logs.get(from);
                List<Taken> list = new ArrayList<>(lists.get(from));
                Taken last = list.get(list.size() - 1);
                switch (random.nextInt(5)) {
                    case 0 -> {
                        int oldest = random.nextInt(list.size());
                        log = log.withoutOldest(oldest);
                        list.subList(0, oldest).clear();
                    }
                    case 1 -> {
                        int index = random.nextInt(list.size());
                        long count = 1 + random.nextInt((int) list.get(index).count());
                        Taken less = new Taken(
                                list.get(index).atMillis(), list.get(index).count() - count);
                        if (list.size() == 1 && less.count() == 0) {
                            continue;
                        }
                        log = log.minus(index, count);
                        list.set(index, less);
                        list.removeIf(taken -> taken.count() == 0);
                    }
                    case 2 -> {
                        log = log.plus(last.atMillis(), 3);
                        list.set(list.size() - 1, new Taken(last.atMillis(), last.count() + 3));
                    }
                    default -> {
                        Taken next = new Taken(last.atMillis() + 1 + random.nextInt(3), 1 + random.nextInt(3));
                        log = log.plus(next.atMillis(), next.count());
                        list.add(next);
                    }
                }
                logs.add(log);
                lists.add(list);
            }
            for (int i = 0; i < logs.size(); i++) {
                Log log = logs.get(i);
                assertThat(log.entries()).isEqualTo(lists.get(i));
                assertThat(log.total())
                        .isEqualTo(lists.get(i).stream().mapToLong(Taken::count).sum());
                Log rebuilt = Log.ofTimesAndCounts(log.timesAndCounts());
                assertThat(log).isEqualTo(rebuilt).hasSameHashCodeAs(rebuilt);
                assertThat(log).isNotEqualTo(log.plus(log.lastAtMillis(), 1));
            }
        });
    }

    @Test
    void logsRefuseWhatNoLogCanHold() {
        assertThatThrownBy(() -> new Log(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Log(List.of(new Taken(1, 0)))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Log(List.of(new Taken(1, 1), new Taken(1, 1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Log.ofTimesAndCounts(new long[] {1, 1, 2}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Log.of(5, 1).plus(4, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Log.of(5, 1).withoutOldest(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Log.of(5, 1).minus(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Log.of(5, 1).count(1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void permitsAreSortedByExpiryThenByGrant() {
        Permits permits = Permits.of(A, 1, 20).plus(B, 2, 10).plus(new ChargeId(2, 1), 3, 20);
        assertThat(permits.holders())
                .containsExactly(new Holder(B, 2, 10), new Holder(A, 1, 20), new Holder(new ChargeId(2, 1), 3, 20));
        assertThat(permits.total()).isEqualTo(6);
        assertThat(permits.indexOf(A)).isEqualTo(1);
        assertThat(permits.indexOf(new ChargeId(2, 2))).isEqualTo(-1);
        assertThat(permits).isEqualTo(new Permits(permits.holders())).isNotEqualTo(permits.minus(0, 1));
        assertThat(permits.minus(0, 1).count(0)).isEqualTo(1);
        assertThat(permits.minus(1, 1).holders()).extracting(Holder::count).containsExactly(2L, 3L);
        assertThat(permits.withoutFirst(2).holders()).extracting(Holder::count).containsExactly(3L);
    }

    @Test
    void permitsRefuseWhatNoPermitsCanHold() {
        assertThatThrownBy(() -> new Permits(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Permits(List.of(new Holder(A, 0, 1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Permits(List.of(new Holder(A, 1, 2), new Holder(B, 1, 1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Permits.of(A, 2, 1).minus(0, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Permits.of(A, 2, 1).withoutFirst(1)).isInstanceOf(IllegalArgumentException.class);
    }
}
