package io.quorate.chaos.check;

import io.quorate.chaos.check.wgl.Spec;
import io.quorate.core.quota.Limit;
import org.jspecify.annotations.Nullable;

/**
 * A counter in which time plays no part within a run (a window of years, permits that are held for longer), seen from
 * outside: its state is what is used.
 */
final class CounterSpec implements Spec<Long, CounterSpec.Seen> {
    /** What can be done to a counter. */
    enum Kind {
        ACQUIRE,
        REFUND,
        PEEK,
        READ
    }

    /**
     * One operation as its caller saw it.
     *
     * @param tokens cost of an acquire or peek, tokens back by a refund, tokens used for a read
     * @param granted whether the whole request was, so that this counter was charged
     * @param fits whether this counter had room
     * @param remaining what it said remained; -1 if it wasn't said
     */
    record Seen(Kind kind, long tokens, boolean granted, boolean fits, long remaining) {}

    private final Limit limit;

    CounterSpec(Limit limit) {
        this.limit = limit;
    }

    @Override
    public Long initial() {
        return 0L;
    }

    @Override
    public @Nullable Long next(Long used, Seen seen, boolean known) {
        long room = limit.amount() - used;
        return switch (seen.kind()) {
            case ACQUIRE -> {
                boolean fits = seen.tokens() <= room;
                if (!known) {
                    yield fits ? Long.valueOf(used + seen.tokens()) : used;
                }
                long after = seen.granted() ? used + seen.tokens() : used;
                boolean right = seen.fits() == fits
                        && (fits || !seen.granted())
                        && (seen.remaining() < 0 || seen.remaining() == limit.amount() - after);
                yield right ? Long.valueOf(after) : null;
            }
            case REFUND -> used < seen.tokens() ? null : Long.valueOf(used - seen.tokens());
            case PEEK -> {
                // It tells what would remain if it were an acquire.
                long left = seen.granted() ? room - seen.tokens() : room;
                yield !known || seen.fits() == (seen.tokens() <= room) && seen.remaining() == left ? used : null;
            }
            case READ -> !known || seen.tokens() == used ? used : null;
        };
    }
}
