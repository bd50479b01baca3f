package io.quorate.chaos.check.model;

import io.quorate.core.quota.Limit;
import java.util.Map;
import java.util.TreeMap;

/** What was taken less than a period ago: one sum for each millisecond in which something was. */
final class LogCounter extends CounterModel {
    private final TreeMap<Long, Long> takes = new TreeMap<>();
    /** Of everything in {@code takes}. */
    private long sum;

    LogCounter(Limit limit) {
        super(limit);
    }

    private void forget(long nowMillis) {
        while (!takes.isEmpty() && takes.firstKey() + limit().periodMillis() <= nowMillis) {
            sum -= takes.pollFirstEntry().getValue();
        }
    }

    @Override
    public long used(long atMillis) {
        long used = sum;
        for (Map.Entry<Long, Long> take : takes.entrySet()) {
            if (take.getKey() + limit().periodMillis() > atMillis) {
                break;
            }
            used -= take.getValue();
        }
        return used;
    }

    @Override
    public boolean fits(long atMillis, long cost) {
        return cost <= limit().amount() - used(atMillis);
    }

    @Override
    public boolean fresh(long atMillis) {
        return takes.isEmpty() || takes.lastKey() + limit().periodMillis() <= atMillis;
    }

    @Override
    public long remaining(long nowMillis) {
        return Math.max(0, limit().amount() - used(nowMillis));
    }

    @Override
    public void take(long nowMillis, long cost, long session, long sequence) {
        forget(nowMillis);
        takes.merge(nowMillis, cost, Long::sum);
        sum += cost;
    }

    @Override
    public long refund(long nowMillis, long count, long takenAtMillis, long session, long sequence) {
        forget(nowMillis);
        if (takenAtMillis + limit().periodMillis() <= nowMillis) {
            return 0;
        }
        // The very millisecond may be gone, if all of it was given back before: then the next that has some.
        Map.Entry<Long, Long> take = takes.ceilingEntry(takenAtMillis);
        if (take == null) {
            return 0;
        }
        long back = Math.min(count, take.getValue());
        if (back == take.getValue()) {
            takes.remove(take.getKey());
        } else {
            takes.put(take.getKey(), take.getValue() - back);
        }
        sum -= back;
        return back;
    }

    @Override
    void keep(CounterModel previous, long nowMillis) {
        LogCounter other = (LogCounter) previous;
        other.forget(nowMillis);
        takes.putAll(other.takes);
        sum = other.sum;
        forget(nowMillis);
    }
}
