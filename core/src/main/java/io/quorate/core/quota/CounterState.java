package io.quorate.core.quota;

import java.util.List;

/**
 * The replicated state of one counter. A counter that equals {@link Fresh} is absent from the store.
 *
 * <p>All times are log time in milliseconds.
 */
public sealed interface CounterState {

    /** Calls the case of {@code visitor} that fits this state's kind. */
    <T> T accept(Visitor<T> visitor);

    /** One case per kind of state. */
    interface Visitor<T> {
        T fresh(Fresh state);

        T bucket(Bucket state);

        T window(Window state);

        T sliding(Sliding state);

        T log(Log state);

        T permits(Permits state);
    }

    /** Nothing was ever taken, or all of it is available again. */
    record Fresh() implements CounterState {
        public static final Fresh INSTANCE = new Fresh();

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.fresh(this);
        }
    }

    /**
     * Token bucket and GCRA: the theoretical arrival time, exact as {@code tatMillis + remainder / l} where
     * {@code l} is the limit's amount over the greatest common divisor of amount and period.
     */
    record Bucket(long tatMillis, long remainder) implements CounterState {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.bucket(this);
        }
    }

    /** Fixed window: tokens taken in window {@code index} = floor(log time / period). */
    record Window(long index, long count) implements CounterState {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.window(this);
        }
    }

    /** Sliding window counter: tokens taken in window {@code index} and in the one before. */
    record Sliding(long index, long current, long previous) implements CounterState {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.sliding(this);
        }
    }

    /** Sliding window log: what was taken when, oldest first, times strictly increasing. */
    record Log(List<Taken> entries) implements CounterState {
        public Log {
            entries = List.copyOf(entries);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.log(this);
        }
    }

    /** Tokens taken at one log time. */
    record Taken(long atMillis, long count) {}

    /** Concurrency: who holds permits, in the order of their expiry, then of grant. */
    record Permits(List<Holder> holders) implements CounterState {
        public Permits {
            holders = List.copyOf(holders);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.permits(this);
        }
    }

    /** Permits of one acquire (named by its charge id), free again at {@code expiresAtMillis}. */
    record Holder(ChargeId id, long count, long expiresAtMillis) {}
}
