package io.quorate.core.algorithm.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/** What was taken when, one event for each take, in the order of time. */
final class Events {
    private static final class Event {
        private final long atMillis;
        private long count;

        private Event(long atMillis, long count) {
            this.atMillis = atMillis;
            this.count = count;
        }
    }

    private final List<Event> events = new ArrayList<>();

    void add(long atMillis, long count) {
        events.add(new Event(atMillis, count));
    }

    /** The tokens of all events at times that {@code counts}. */
    long sum(LongPredicate counts) {
        long sum = 0;
        for (Event event : events) {
            if (counts.test(event.atMillis)) {
                sum += event.count;
            }
        }
        return sum;
    }

    /** Takes up to {@code count} tokens off the events at times that {@code counts}, and returns how many. */
    long remove(long count, LongPredicate counts) {
        long left = count;
        for (Event event : events) {
            if (counts.test(event.atMillis)) {
                long off = Math.min(left, event.count);
                event.count -= off;
                left -= off;
            }
        }
        events.removeIf(event -> event.count == 0);
        return count - left;
    }

    void forget(LongPredicate gone) {
        events.removeIf(event -> gone.test(event.atMillis));
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    long lastMillis() {
        return events.isEmpty() ? Long.MIN_VALUE : events.get(events.size() - 1).atMillis;
    }

    /** The earliest event at or after a time; throws if there is none. */
    long firstMillisFrom(long fromMillis) {
        return events.stream()
                .mapToLong(event -> event.atMillis)
                .filter(at -> at >= fromMillis)
                .min()
                .orElseThrow();
    }

    /** Tells of every event's time and count. */
    void forEach(Each each) {
        events.forEach(event -> each.event(event.atMillis, event.count));
    }

    /** Is told of an event. */
    interface Each {
        void event(long atMillis, long count);
    }
}
