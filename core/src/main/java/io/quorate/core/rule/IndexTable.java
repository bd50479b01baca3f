package io.quorate.core.rule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A hash table of which every version stays as it was: a change copies one of its segments, and shares the others
 * with the version before. What an {@link Edit} has made it may go on changing in place, since nobody else has it.
 *
 * <p>A look-up is mostly waiting for memory when there are many rules, so a slot holds all of its key but the texts.
 */
final class IndexTable {
    static final IndexTable EMPTY = new IndexTable(0, new Edit(false));

    private static final int SEGMENT_SLOTS_MIN = 4;
    /** Entries for each segment beyond which a table is divided anew while many are added. */
    private static final int SEGMENT_ENTRIES = 128;
    /** The same while few are: then one larger segment is cheaper than moving all entries. */
    private static final int SEGMENT_ENTRIES_MAX = 8192;

    private static final int DIVIDE_BITS = 3;

    private final int bits;
    private final Slot[][] slots;
    private final int[] counts;
    private final Edit[] owners;
    private final Edit owner;
    private int size;

    /** An entry: the parts of its key, and its value. */
    private static final class Slot {
        private final int hash;
        private final int kind;
        private final String name;
        private final Object detail;
        private final Object value;

        Slot(IndexKey key, Object value) {
            this.hash = key.hash();
            this.kind = key.kind();
            this.name = key.name();
            this.detail = key.detail();
            this.value = value;
        }

        boolean has(IndexKey key) {
            return hash == key.hash() && kind == key.kind() && name.equals(key.name()) && detail.equals(key.detail());
        }
    }

    private IndexTable(int bits, Edit owner) {
        this.bits = bits;
        this.slots = new Slot[1 << bits][];
        this.counts = new int[1 << bits];
        this.owners = new Edit[1 << bits];
        this.owner = owner;
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot[SEGMENT_SLOTS_MIN];
            owners[i] = owner;
        }
    }

    private IndexTable(IndexTable other, Edit owner) {
        this.bits = other.bits;
        this.slots = other.slots.clone();
        this.counts = other.counts.clone();
        this.owners = other.owners.clone();
        this.owner = owner;
        this.size = other.size;
    }

    // ---- looking up

    private int segment(int hash) {
        return bits == 0 ? 0 : hash >>> (Integer.SIZE - bits);
    }

    @Nullable
    Object find(IndexKey key) {
        int segment = segment(key.hash());
        int at = indexOf(segment, key);
        return at < 0 ? null : slots[segment][at].value;
    }

    /** The value of the key of this kind and name without a detail. */
    @Nullable
    Object named(int kind, String name, int hash) {
        Slot[] of = slots[segment(hash)];
        int mask = of.length - 1;
        int at = hash & mask;
        for (Slot slot = of[at]; slot != null; slot = of[at]) {
            if (slot.hash == hash && slot.kind == kind && slot.name.equals(name)) {
                return slot.value;
            }
            at = (at + 1) & mask;
        }
        return null;
    }

    /** The value of the key whose text is the {@code length} characters of {@code value} from {@code from} on. */
    @Nullable
    Object text(int kind, String name, int hash, String value, int from, int length) {
        Slot[] of = slots[segment(hash)];
        int mask = of.length - 1;
        int at = hash & mask;
        for (Slot slot = of[at]; slot != null; slot = of[at]) {
            boolean same = slot.hash == hash
                    && slot.kind == kind
                    && slot.detail instanceof String text
                    && text.length() == length
                    && value.startsWith(text, from)
                    && slot.name.equals(name);
            if (same) {
                return slot.value;
            }
            at = (at + 1) & mask;
        }
        return null;
    }

    /** The value of the key of a network. */
    @Nullable
    Object network(String name, int hash, Address network, int networkBits) {
        Slot[] of = slots[segment(hash)];
        int mask = of.length - 1;
        int at = hash & mask;
        for (Slot slot = of[at]; slot != null; slot = of[at]) {
            boolean same = slot.hash == hash
                    && slot.detail instanceof Pattern.Cidr cidr
                    && cidr.bits() == networkBits
                    && cidr.network().equals(network)
                    && slot.name.equals(name);
            if (same) {
                return slot.value;
            }
            at = (at + 1) & mask;
        }
        return null;
    }

    private int indexOf(int segment, IndexKey key) {
        Slot[] of = slots[segment];
        int mask = of.length - 1;
        int at = key.hash() & mask;
        while (of[at] != null) {
            if (of[at].has(key)) {
                return at;
            }
            at = (at + 1) & mask;
        }
        return -1;
    }

    // ---- changing

    /** A table in which the key has this value. */
    IndexTable with(IndexKey key, Object value, Edit edit) {
        IndexTable table = owner == edit ? this : new IndexTable(this, edit);
        long sizeMax = (long) (edit.many ? SEGMENT_ENTRIES : SEGMENT_ENTRIES_MAX) << bits;
        if (table.size >= sizeMax) {
            table = table.divided(edit);
        }
        int segment = table.segment(key.hash());
        table.own(segment, edit);
        int known = table.indexOf(segment, key);
        if (known >= 0) {
            table.slots[segment][known] = new Slot(key, value);
        } else {
            table.add(new Slot(key, value), edit);
        }
        return table;
    }

    /** A table without the key, which must be there. */
    IndexTable without(IndexKey key, Edit edit) {
        IndexTable table = owner == edit ? this : new IndexTable(this, edit);
        int segment = segment(key.hash());
        int without = table.indexOf(segment, key);
        Slot[] of = table.slots[segment];
        table.size -= table.counts[segment];
        table.renew(segment, of.length, edit);
        for (int i = 0; i < of.length; i++) {
            if (of[i] != null && i != without) {
                table.add(of[i], edit);
            }
        }
        return table;
    }

    private IndexTable divided(Edit edit) {
        IndexTable wider = new IndexTable(bits + DIVIDE_BITS, edit);
        for (Slot[] segment : slots) {
            for (Slot slot : segment) {
                if (slot != null) {
                    wider.add(slot, edit);
                }
            }
        }
        return wider;
    }

    private void own(int segment, Edit edit) {
        if (owners[segment] != edit) {
            slots[segment] = slots[segment].clone();
            owners[segment] = edit;
        }
    }

    private void renew(int segment, int length, Edit edit) {
        slots[segment] = new Slot[length];
        counts[segment] = 0;
        owners[segment] = edit;
    }

    /** Adds a slot whose key isn't there. */
    private void add(Slot slot, Edit edit) {
        int segment = segment(slot.hash);
        own(segment, edit);
        if (2 * (counts[segment] + 1) > slots[segment].length) {
            Slot[] before = slots[segment];
            int count = counts[segment];
            renew(segment, 2 * before.length, edit);
            for (Slot moved : before) {
                if (moved != null) {
                    place(segment, moved);
                }
            }
            counts[segment] = count;
        }
        place(segment, slot);
        counts[segment]++;
        size++;
    }

    private void place(int segment, Slot slot) {
        int mask = slots[segment].length - 1;
        int at = slot.hash & mask;
        while (slots[segment][at] != null) {
            at = (at + 1) & mask;
        }
        slots[segment][at] = slot;
    }

    /** Who changes a table; what it made, it may change again. */
    static final class Edit {
        private final boolean many;

        /** An edit that adds many entries, or few. */
        Edit(boolean many) {
            this.many = many;
        }
    }

    @Override
    public String toString() {
        return "IndexTable of " + size + " in " + Arrays.toString(counts);
    }
}
