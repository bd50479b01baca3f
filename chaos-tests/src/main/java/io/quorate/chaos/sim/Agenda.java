package io.quorate.chaos.sim;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is to happen, by time and, at one time, by the order in which it was planned; with a hash over all that has
 * happened. Simulated time moves here alone.
 */
final class Agenda {
    private static final long MIX = 0x9e3779b97f4a7c15L;

    private @Nullable Entry[] heap = new Entry[256];
    private int size;
    private long planned;
    private long nowNanos;
    private long events;
    private long traceHash = MIX;

    private record Entry(long atNanos, long number, Step step, Runnable task) {
        boolean before(Entry other) {
            return atNanos < other.atNanos || atNanos == other.atNanos && number < other.number;
        }
    }

    /** Simulated time since the simulation began; true for all, known to none of the simulated. */
    long nowNanos() {
        return nowNanos;
    }

    /** Events that have happened. */
    long events() {
        return events;
    }

    /** A hash over every event's time and kind, and over all that was noted. */
    long traceHash() {
        return traceHash;
    }

    /** Takes something that must be the same in each run of a seed into the trace. */
    void note(long value) {
        traceHash = (traceHash ^ value) * MIX;
        traceHash ^= traceHash >>> 32;
    }

    void after(long nanos, Step step, Runnable task) {
        at(nowNanos + Math.max(0, nanos), step, task);
    }

    void at(long atNanos, Step step, Runnable task) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        Entry entry = new Entry(Math.max(nowNanos, atNanos), planned++, step, task);
        int place = size++;
        while (place > 0) {
            Entry parent = at(place - 1 >>> 1);
            if (parent.before(entry)) {
                break;
            }
            heap[place] = parent;
            place = place - 1 >>> 1;
        }
        heap[place] = entry;
    }

    /** When the next event happens; the end of time if there is none. */
    long nextNanos() {
        return size == 0 ? Long.MAX_VALUE : at(0).atNanos;
    }

    /** Lets the next event happen; false if there is none. */
    boolean step() {
        if (size == 0) {
            return false;
        }
        Entry next = at(0);
        Entry last = at(--size);
        heap[size] = null;
        if (size > 0) {
            sink(last);
        }
        nowNanos = next.atNanos;
        events++;
        note(next.atNanos * 64 + next.step.ordinal());
        next.task.run();
        return true;
    }

    private void sink(Entry entry) {
        int place = 0;
        while (true) {
            int child = 2 * place + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && at(child + 1).before(at(child))) {
                child++;
            }
            if (entry.before(at(child))) {
                break;
            }
            heap[place] = heap[child];
            place = child;
        }
        heap[place] = entry;
    }

    private Entry at(int place) {
        Entry entry = heap[place];
        if (entry == null) {
            throw new IllegalStateException("the agenda has a hole");
        }
        return entry;
    }
}
