package io.quorate.chaos.check.model;

import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.List;

/** Permits that are held, each until it is released or its time is over. */
final class PermitCounter extends CounterModel {
    private record Holder(long session, long sequence, long count, long expiresAtMillis) {}

    private final List<Holder> holders = new ArrayList<>();

    PermitCounter(Limit limit) {
        super(limit);
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
    public boolean fits(long atMillis, long cost) {
        return cost <= limit().amount() - used(atMillis);
    }

    @Override
    public boolean fresh(long atMillis) {
        return used(atMillis) == 0;
    }

    @Override
    public long remaining(long nowMillis) {
        return Math.max(0, limit().amount() - used(nowMillis));
    }

    @Override
    public void take(long nowMillis, long cost, long session, long sequence) {
        holders.removeIf(holder -> holder.expiresAtMillis <= nowMillis);
        holders.add(new Holder(session, sequence, cost, nowMillis + limit().periodMillis()));
    }

    @Override
    public long refund(long nowMillis, long count, long takenAtMillis, long session, long sequence) {
        for (int i = 0; i < holders.size(); i++) {
            Holder holder = holders.get(i);
            if (holder.session == session && holder.sequence == sequence && holder.expiresAtMillis > nowMillis) {
                long released = Math.min(count, holder.count);
                if (released == holder.count) {
                    holders.remove(i);
                } else {
                    holders.set(i, new Holder(session, sequence, holder.count - released, holder.expiresAtMillis));
                }
                return released;
            }
        }
        return 0;
    }

    @Override
    void keep(CounterModel previous, long nowMillis) {
        holders.addAll(((PermitCounter) previous).holders);
    }
}
