package io.quorate.core.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A small map from numbers to values that keeps the order in which they were added, without boxing.
 *
 * <p>Open addressing with linear probing over the places in {@code values}; nothing is ever removed.
 */
final class LongTable<T> {
    private static final int CAPACITY_MIN = 16;

    private final List<T> values = new ArrayList<>();
    private long[] keys = new long[CAPACITY_MIN / 2];
    /** Place in {@code values}, plus one; 0 if vacant. */
    private int[] slots = new int[CAPACITY_MIN];

    /** The place of a key's value, or -1. */
    int find(long key) {
        int mask = slots.length - 1;
        int at = slot(key, mask);
        while (slots[at] != 0) {
            if (keys[slots[at] - 1] == key) {
                return slots[at] - 1;
            }
            at = (at + 1) & mask;
        }
        return -1;
    }

    T at(int place) {
        return values.get(place);
    }

    /** Adds a key that isn't there yet. */
    void add(long key, T value) {
        int place = values.size();
        if (place == keys.length) {
            grow();
        }
        keys[place] = key;
        values.add(value);
        insert(place);
    }

    /** The values in the order in which they were added. */
    List<T> values() {
        return values;
    }

    private void grow() {
        keys = Arrays.copyOf(keys, keys.length * 2);
        slots = new int[slots.length * 2];
        for (int place = 0; place < values.size(); place++) {
            insert(place);
        }
    }

    private void insert(int place) {
        int mask = slots.length - 1;
        int at = slot(keys[place], mask);
        while (slots[at] != 0) {
            at = (at + 1) & mask;
        }
        slots[at] = place + 1;
    }

    private static int slot(long key, int mask) {
        long h = key * 0x9e3779b97f4a7c15L;
        return (int) (h >>> 32) & mask;
    }
}
