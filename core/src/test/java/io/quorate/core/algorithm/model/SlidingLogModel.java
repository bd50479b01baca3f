package io.quorate.core.algorithm.model;

import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.Limit;

/** Adds up what was taken less than a period ago. */
final class SlidingLogModel extends NaiveModel {
    private final Events events = new Events();

    SlidingLogModel(Limit limit) {
        super(limit);
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
        events.add(nowMillis, cost);
    }

    @Override
    public long refund(long nowMillis, long count, long takenAtMillis, ChargeId id) {
        events.forget(at -> !live(at, nowMillis));
        if (!live(takenAtMillis, nowMillis) || events.lastMillis() < takenAtMillis) {
            return 0;
        }
        long entry = events.firstMillisFrom(takenAtMillis);
        return events.remove(count, at -> at == entry);
    }

    @Override
    void keep(NaiveModel previous, long nowMillis) {
        SlidingLogModel log = (SlidingLogModel) previous;
        log.events.forget(at -> !log.live(at, nowMillis));
        log.events.forEach(events::add);
        events.forget(at -> !live(at, nowMillis));
    }
}
