package io.quorate.core.algorithm.model;

import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.Limit;

/**
 * Adds up what was taken less than a period ago.
 *
 * <p>Where amount and period are both large, a take counts as made in the last millisecond of its tick, so that
 * there are at most 4096 different times.
 */
final class SlidingLogModel extends NaiveModel {
    private final Events events = new Events();
    private final long tickMillis;

    SlidingLogModel(Limit limit) {
        super(limit);
        this.tickMillis = limit.amount() <= 4096 ? 1 : (limit.periodMillis() + 4094) / 4095;
    }

    private long countedAt(long atMillis) {
        return (Math.floorDiv(atMillis, tickMillis) + 1) * tickMillis - 1;
    }

    private boolean live(long eventMillis, long atMillis) {
        return eventMillis + limit().periodMillis() > atMillis;
    }

    @Override
    boolean fits(long atMillis, long cost) {
        return cost <= limit().amount() - used(atMillis);
    }

    @Override
    boolean fresh(long atMillis) {
        return events.isEmpty() || !live(events.lastMillis(), atMillis);
    }

    @Override
    long remaining(long nowMillis) {
        return Math.max(0, limit().amount() - used(nowMillis));
    }

    @Override
    public long used(long atMillis) {
        return events.sum(at -> live(at, atMillis));
    }

    @Override
    void take(long nowMillis, long cost, ChargeId id) {
        events.forget(at -> !live(at, nowMillis));
        events.add(Math.max(countedAt(nowMillis), events.lastMillis()), cost);
    }

    @Override
    public long refund(long nowMillis, long count, long takenAtMillis, ChargeId id) {
        events.forget(at -> !live(at, nowMillis));
        long counted = countedAt(takenAtMillis);
        if (!live(counted, nowMillis) || events.lastMillis() < counted) {
            return 0;
        }
        long entry = events.firstMillisFrom(counted);
        return events.remove(count, at -> at == entry);
    }

    @Override
    void keep(NaiveModel previous, long nowMillis) {
        SlidingLogModel log = (SlidingLogModel) previous;
        log.events.forget(at -> !log.live(at, nowMillis));
        log.events.forEach((at, count) -> events.add(tickMillis == 1 ? at : countedAt(at), count));
        events.forget(at -> !live(at, nowMillis));
    }
}
