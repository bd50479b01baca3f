package io.quorate.core.algorithm.model;

import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.List;

/** Adds up what is held by those whose time isn't over. */
final class ConcurrencyModel extends NaiveModel {
    private record Holder(ChargeId id, long count, long expiresAtMillis) {}

    private final List<Holder> holders = new ArrayList<>();

    ConcurrencyModel(Limit limit) {
        super(limit);
    }

    @Override
    boolean fits(long atMillis, long cost) {
        return cost <= limit().amount() - used(atMillis);
    }

    @Override
    boolean fresh(long atMillis) {
        return used(atMillis) == 0;
    }

    @Override
    long remaining(long nowMillis) {
        return Math.max(0, limit().amount() - used(nowMillis));
    }

    @Override
    public long used(long atMillis) {
        long held = 0;
        for (Holder holder : holders) {
            held += holder.expiresAtMillis > atMillis ? holder.count : 0;
        }
        return held;
    }

    @Override
    void take(long nowMillis, long cost, ChargeId id) {
        holders.removeIf(holder -> holder.expiresAtMillis <= nowMillis);
        holders.add(new Holder(id, cost, nowMillis + limit().periodMillis()));
    }

    @Override
    public long refund(long nowMillis, long count, long takenAtMillis, ChargeId id) {
        for (int i = 0; i < holders.size(); i++) {
            Holder holder = holders.get(i);
            if (holder.id.equals(id) && holder.expiresAtMillis > nowMillis) {
                long released = Math.min(count, holder.count);
                holders.set(i, new Holder(id, holder.count - released, holder.expiresAtMillis));
                holders.removeIf(each -> each.count == 0);
                return released;
            }
        }
        return 0;
    }

    @Override
    void keep(NaiveModel previous, long nowMillis) {
        holders.addAll(((ConcurrencyModel) previous).holders);
    }
}
