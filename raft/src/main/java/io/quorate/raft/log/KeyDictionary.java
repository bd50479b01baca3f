package io.quorate.raft.log;

import io.quorate.core.quota.QuotaKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Numbers the distinct keys of one entry from 1, in the order in which they come. Not thread-safe.
 *
 * <p>An open hash table that is used again for every entry, since a new map per entry was a good part of the
 * encoder's cost.
 */
final class KeyDictionary {
    private static final int SLOTS_INITIAL = 1024;
    private static final int SLOTS_KEPT_MAX = 1 << 14;

    /** A slot holds a key's number, 0 if it is free; a power of two of them, at least twice the keys. */
    private int[] slots = new int[SLOTS_INITIAL];

    private @Nullable QuotaKey[] keys = new QuotaKey[SLOTS_INITIAL / 2];
    private int count;

    void clear() {
        if (slots.length > SLOTS_KEPT_MAX) {
            slots = new int[SLOTS_INITIAL];
            keys = new QuotaKey[SLOTS_INITIAL / 2];
        } else {
            Arrays.fill(slots, 0);
            Arrays.fill(keys, 0, count, null);
        }
        count = 0;
    }

    /** The number of a key that came before; of a new one, which gets the next number, its negation. */
    int numberOf(QuotaKey key) {
        int mask = slots.length - 1;
        int slot = key.hashCode() & mask;
        while (slots[slot] != 0) {
            int number = slots[slot];
            if (key.equals(keys[number - 1])) {
                return number;
            }
            slot = (slot + 1) & mask;
        }
        if (count == keys.length) {
            grow();
            return numberOf(key);
        }
        keys[count++] = key;
        slots[slot] = count;
        return -count;
    }

    private void grow() {
        keys = Arrays.copyOf(keys, keys.length * 2);
        slots = new int[slots.length * 2];
        int mask = slots.length - 1;
        for (int i = 0; i < count; i++) {
            QuotaKey key = keys[i];
            int slot = (key == null ? 0 : key.hashCode()) & mask;
            while (slots[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = i + 1;
        }
    }
}
