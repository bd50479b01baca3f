package io.quorate.core.quota;

import java.util.ArrayList;
import java.util.Arrays;
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

        T leased(Leased state);
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

    /**
     * Sliding window log: what was taken when, oldest first, times strictly increasing, at least one entry.
     *
     * <p>Immutable as seen from outside, yet taking costs O(1) and not a copy: the entries but the last lie in a
     * buffer that a log shares with the logs made from it, and each log sees only its own part. A slot behind a
     * log's part is written by the first log that grows into it; a later one that wants another content there
     * copies. The last entry is a field, because takes at one log time are added to it. Thread-safe.
     */
    final class Log implements CounterState {
        private final Buffer buffer;
        private final int from;
        private final int to;
        private final long lastAtMillis;
        private final long lastCount;
        private final long total;

        private Log(Buffer buffer, int from, int to, long lastAtMillis, long lastCount, long total) {
            this.buffer = buffer;
            this.from = from;
            this.to = to;
            this.lastAtMillis = lastAtMillis;
            this.lastCount = lastCount;
            this.total = total;
        }

        /** The log of these entries; throws if there are none, times don't increase or a count is below 1. */
        public Log(List<Taken> entries) {
            this(flat(entries));
        }

        private Log(long[] timesAndCounts) {
            int last = timesAndCounts.length / 2 - 1;
            if (last < 0 || timesAndCounts.length % 2 != 0) {
                throw new IllegalArgumentException("a log has pairs of time and count, at least one");
            }
            long sum = 0;
            for (int i = 0; i <= last; i++) {
                if (timesAndCounts[2 * i + 1] < 1) {
                    throw new IllegalArgumentException("a log's counts are 1 or more");
                }
                if (i > 0 && timesAndCounts[2 * i] <= timesAndCounts[2 * i - 2]) {
                    throw new IllegalArgumentException("a log's times increase");
                }
                sum = Math.addExact(sum, timesAndCounts[2 * i + 1]);
            }
            this.buffer = new Buffer(timesAndCounts, last);
            this.from = 0;
            this.to = last;
            this.lastAtMillis = timesAndCounts[2 * last];
            this.lastCount = timesAndCounts[2 * last + 1];
            this.total = sum;
        }

        /** The log of {@code count} tokens taken at one time. */
        public static Log of(long atMillis, long count) {
            return new Log(Buffer.EMPTY, 0, 0, atMillis, count, count);
        }

        /**
         * The log of time, count, time, count and so on, an array that is the log's from then on; throws if it is
         * empty, times don't increase or a count is below 1.
         */
        public static Log ofTimesAndCounts(long[] timesAndCounts) {
            return new Log(timesAndCounts);
        }

        /** How many entries; 1 or more. */
        public int size() {
            return to - from + 1;
        }

        /** The time of entry {@code index}; the oldest is 0. */
        public long atMillis(int index) {
            return from + index == to ? lastAtMillis : buffer.cells[2 * checked(index)];
        }

        /** The tokens of entry {@code index}; 1 or more. */
        public long count(int index) {
            return from + index == to ? lastCount : buffer.cells[2 * checked(index) + 1];
        }

        /** The sum of all counts. */
        public long total() {
            return total;
        }

        public long lastAtMillis() {
            return lastAtMillis;
        }

        /** This log and {@code count} more tokens, taken at {@code atMillis}, which isn't before the last entry. */
        public Log plus(long atMillis, long count) {
            if (atMillis == lastAtMillis) {
                return new Log(buffer, from, to, lastAtMillis, lastCount + count, total + count);
            }
            if (atMillis < lastAtMillis) {
                throw new IllegalArgumentException("a log's times increase");
            }
            if (buffer.put(to, lastAtMillis, lastCount)) {
                return new Log(buffer, from, to + 1, atMillis, count, total + count);
            }
            int kept = to - from;
            long[] cells = Arrays.copyOfRange(buffer.cells, 2 * from, 2 * from + Math.max(8, 4 * kept + 2));
            cells[2 * kept] = lastAtMillis;
            cells[2 * kept + 1] = lastCount;
            return new Log(new Buffer(cells, kept + 1), 0, kept + 1, atMillis, count, total + count);
        }

        /** This log without its {@code entries} oldest entries, which aren't all. */
        public Log withoutOldest(int entries) {
            if (entries == 0) {
                return this;
            }
            if (entries < 0 || entries >= size()) {
                throw new IllegalArgumentException("a log keeps at least one entry");
            }
            long gone = 0;
            for (int i = 0; i < entries; i++) {
                gone += buffer.cells[2 * (from + i) + 1];
            }
            return new Log(buffer, from + entries, to, lastAtMillis, lastCount, total - gone);
        }

        /** This log with all entries of one cell of {@code cellMillis} merged at the last of their times. */
        public Log mergedInCells(long cellMillis) {
            long[] cells = timesAndCounts();
            int to = 0;
            for (int i = 2; i < cells.length; i += 2) {
                if (Math.floorDiv(cells[i], cellMillis) == Math.floorDiv(cells[to], cellMillis)) {
                    cells[to] = cells[i];
                    cells[to + 1] += cells[i + 1];
                } else {
                    to += 2;
                    cells[to] = cells[i];
                    cells[to + 1] = cells[i + 1];
                }
            }
            return new Log(Arrays.copyOf(cells, to + 2));
        }

        /** This log with {@code count} tokens fewer in entry {@code index}; others remain with tokens. */
        public Log minus(int index, long count) {
            if (count < 0 || count > count(index) || count == total) {
                throw new IllegalArgumentException("a log keeps at least one entry");
            }
            if (from + index == to) {
                return count < lastCount
                        ? new Log(buffer, from, to, lastAtMillis, lastCount - count, total - count)
                        : new Log(buffer, from, to - 1, atMillis(index - 1), count(index - 1), total - count);
            }
            if (count == count(index) && index == 0) {
                return withoutOldest(1);
            }
            long[] cells = timesAndCounts();
            if (count == count(index)) {
                long[] rest = Arrays.copyOf(cells, cells.length - 2);
                System.arraycopy(cells, 2 * index + 2, rest, 2 * index, rest.length - 2 * index);
                return new Log(rest);
            }
            cells[2 * index + 1] -= count;
            return new Log(cells);
        }

        /** The entries as time, count, time, count and so on; a copy. */
        public long[] timesAndCounts() {
            long[] cells = Arrays.copyOfRange(buffer.cells, 2 * from, 2 * to + 2);
            cells[cells.length - 2] = lastAtMillis;
            cells[cells.length - 1] = lastCount;
            return cells;
        }

        /** The entries as values, for people and tests. */
        public List<Taken> entries() {
            List<Taken> entries = new ArrayList<>(size());
            for (int i = 0; i < size(); i++) {
                entries.add(new Taken(atMillis(i), count(i)));
            }
            return List.copyOf(entries);
        }

        private int checked(int index) {
            if (index < 0 || from + index > to) {
                throw new IndexOutOfBoundsException("entry " + index + " of " + size());
            }
            return from + index;
        }

        private static long[] flat(List<Taken> entries) {
            long[] cells = new long[2 * entries.size()];
            for (int i = 0; i < entries.size(); i++) {
                cells[2 * i] = entries.get(i).atMillis();
                cells[2 * i + 1] = entries.get(i).count();
            }
            return cells;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.log(this);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Log log
                    && total == log.total
                    && lastAtMillis == log.lastAtMillis
                    && lastCount == log.lastCount
                    && Arrays.equals(buffer.cells, 2 * from, 2 * to, log.buffer.cells, 2 * log.from, 2 * log.to);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(new long[] {size(), total, atMillis(0), lastAtMillis, lastCount});
        }

        @Override
        public String toString() {
            return "Log" + entries();
        }

        /** Pairs of time and count; those below {@code used} never change again. */
        private static final class Buffer {
            static final Buffer EMPTY = new Buffer(new long[0], 0);

            final long[] cells;
            private int used;

            Buffer(long[] cells, int used) {
                this.cells = cells;
                this.used = used;
            }

            /** Whether pair {@code at} now holds these values: it was free, or holds them already. */
            synchronized boolean put(int at, long time, long count) {
                if (at == used && 2 * at < cells.length) {
                    cells[2 * at] = time;
                    cells[2 * at + 1] = count;
                    used++;
                    return true;
                }
                // A log made from the same one and thrown away again (a peek, a request that another limit
                // denied) has left exactly these values.
                return at < used && cells[2 * at] == time && cells[2 * at + 1] == count;
            }
        }
    }

    /** Tokens taken at one log time. */
    record Taken(long atMillis, long count) {}

    /**
     * Concurrency: who holds permits, in the order of their expiry, then of grant; at least one holder.
     *
     * <p>Flat: four numbers a holder. Immutable.
     */
    final class Permits implements CounterState {
        private static final int WIDTH = 4;

        private final long[] cells;
        private final long total;

        private Permits(long[] cells, long total) {
            this.cells = cells;
            this.total = total;
        }

        /** The permits of these holders; throws if there are none, expiries decrease or a count is below 1. */
        public Permits(List<Holder> holders) {
            if (holders.isEmpty()) {
                throw new IllegalArgumentException("permits have at least one holder");
            }
            this.cells = new long[WIDTH * holders.size()];
            long sum = 0;
            for (int i = 0; i < holders.size(); i++) {
                Holder holder = holders.get(i);
                if (holder.count() < 1) {
                    throw new IllegalArgumentException("a holder's count is 1 or more");
                }
                if (i > 0 && holder.expiresAtMillis() < holders.get(i - 1).expiresAtMillis()) {
                    throw new IllegalArgumentException("holders stand in the order of their expiry");
                }
                write(cells, i, holder.id(), holder.count(), holder.expiresAtMillis());
                sum = Math.addExact(sum, holder.count());
            }
            this.total = sum;
        }

        /** The permits of one holder. */
        public static Permits of(ChargeId id, long count, long expiresAtMillis) {
            long[] cells = new long[WIDTH];
            write(cells, 0, id, count, expiresAtMillis);
            return new Permits(cells, count);
        }

        /** How many holders; 1 or more. */
        public int size() {
            return cells.length / WIDTH;
        }

        /** Who holds; the holder that expires first is 0. */
        public ChargeId id(int index) {
            return new ChargeId(cells[WIDTH * index], cells[WIDTH * index + 1]);
        }

        /** The permits of holder {@code index}; 1 or more. */
        public long count(int index) {
            return cells[WIDTH * index + 2];
        }

        public long expiresAtMillis(int index) {
            return cells[WIDTH * index + 3];
        }

        /** The sum of all counts. */
        public long total() {
            return total;
        }

        /** The holder with this id, or -1. */
        public int indexOf(ChargeId id) {
            for (int i = 0; i < cells.length; i += WIDTH) {
                if (cells[i + 1] == id.sequence() && cells[i] == id.sessionId()) {
                    return i / WIDTH;
                }
            }
            return -1;
        }

        /** These permits and one more holder, behind all that expire no later. */
        public Permits plus(ChargeId id, long count, long expiresAtMillis) {
            int at = size();
            while (at > 0 && expiresAtMillis(at - 1) > expiresAtMillis) {
                at--;
            }
            long[] next = new long[cells.length + WIDTH];
            System.arraycopy(cells, 0, next, 0, WIDTH * at);
            write(next, at, id, count, expiresAtMillis);
            System.arraycopy(cells, WIDTH * at, next, WIDTH * (at + 1), cells.length - WIDTH * at);
            return new Permits(next, total + count);
        }

        /** These permits with {@code count} fewer for holder {@code index}; others remain with permits. */
        public Permits minus(int index, long count) {
            if (count < 0 || count > count(index) || count == total) {
                throw new IllegalArgumentException("permits have at least one holder");
            }
            if (count == count(index)) {
                long[] next = new long[cells.length - WIDTH];
                System.arraycopy(cells, 0, next, 0, WIDTH * index);
                System.arraycopy(cells, WIDTH * (index + 1), next, WIDTH * index, next.length - WIDTH * index);
                return new Permits(next, total - count);
            }
            long[] next = cells.clone();
            next[WIDTH * index + 2] -= count;
            return new Permits(next, total - count);
        }

        /** These permits without the {@code holders} that expire first, which aren't all. */
        public Permits withoutFirst(int holders) {
            if (holders == 0) {
                return this;
            }
            if (holders < 0 || holders >= size()) {
                throw new IllegalArgumentException("permits have at least one holder");
            }
            long gone = 0;
            for (int i = 0; i < holders; i++) {
                gone += count(i);
            }
            return new Permits(Arrays.copyOfRange(cells, WIDTH * holders, cells.length), total - gone);
        }

        /** The holders as values, for codecs, people and tests. */
        public List<Holder> holders() {
            List<Holder> holders = new ArrayList<>(size());
            for (int i = 0; i < size(); i++) {
                holders.add(new Holder(id(i), count(i), expiresAtMillis(i)));
            }
            return List.copyOf(holders);
        }

        private static void write(long[] cells, int index, ChargeId id, long count, long expiresAtMillis) {
            cells[WIDTH * index] = id.sessionId();
            cells[WIDTH * index + 1] = id.sequence();
            cells[WIDTH * index + 2] = count;
            cells[WIDTH * index + 3] = expiresAtMillis;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.permits(this);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Permits permits && Arrays.equals(cells, permits.cells);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(cells);
        }

        @Override
        public String toString() {
            return "Permits" + holders();
        }
    }

    /** A counter of which clients hold tokens: the algorithm's own state, which may be fresh, and by whom. */
    record Leased(CounterState inner, Ledger ledger) implements CounterState {
        public Leased {
            if (inner instanceof Leased) {
                throw new IllegalArgumentException("a counter has one ledger");
            }
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.leased(this);
        }
    }

    /** Permits of one acquire (named by its charge id), free again at {@code expiresAtMillis}. */
    record Holder(ChargeId id, long count, long expiresAtMillis) {}
}
