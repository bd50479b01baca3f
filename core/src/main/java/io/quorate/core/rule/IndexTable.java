package io.quorate.core.rule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A hash table of which every version stays as it was: a change copies one of its segments, and shares the others
 * with the version before. What an {@link Edit} has made it may go on changing in place, since nobody else has it.
 *
 * <p>Hashes and slots stand in arrays of their own, so that a search that fails reads one line of memory.
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
    private final int[][] hashes;
    private final Slot[][] slots;
    private final int[] counts;
    private final Edit[] owners;
    private final Edit owner;
    private int size;

    /** An entry. */
    record Slot(IndexKey key, Object value) {}

    private IndexTable(int bits, Edit owner) {
        this.bits = bits;
        this.hashes = new int[1 << bits][];
        this.slots = new Slot[1 << bits][];
        this.counts = new int[1 << bits];
        this.owners = new Edit[1 << bits];
        this.owner = owner;
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = new int[SEGMENT_SLOTS_MIN];
            slots[i] = new Slot[SEGMENT_SLOTS_MIN];
            owners[i] = owner;
        }
    }

    private IndexTable(IndexTable other, Edit owner) {
        this.bits = other.bits;
        this.hashes = other.hashes.clone();
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
        return at < 0 ? null : slots[segment][at].value();
    }

    /** The value of the key of this kind and name without a detail. */
    @Nullable
    Object named(int kind, String name, int hash) {
        int segment = segment(hash);
        int[] in = hashes[segment];
        Slot[] of = slots[segment];
        int mask = in.length - 1;
        for (int at = hash & mask; of[at] != null; at = (at + 1) & mask) {
            if (in[at] == hash
                    && of[at].key().kind() == kind
                    && of[at].key().name().equals(name)) {
                return of[at].value();
            }
        }
        return null;
    }

    /** The value of the key whose text is the {@code length} characters of {@code value} from {@code from} on. */
    @Nullable
    Object text(int kind, String name, int hash, String value, int from, int length) {
        int segment = segment(hash);
        int[] in = hashes[segment];
        Slot[] of = slots[segment];
        int mask = in.length - 1;
        for (int at = hash & mask; of[at] != null; at = (at + 1) & mask) {
            if (in[at] == hash) {
                IndexKey key = of[at].key();
                boolean same = key.kind() == kind
                        && key.detail() instanceof String text
                        && text.length() == length
                        && value.startsWith(text, from)
                        && key.name().equals(name);
                if (same) {
                    return of[at].value();
                }
            }
        }
        return null;
    }

    /** The value of the key of a network. */
    @Nullable
    Object network(String name, int hash, Address network, int networkBits) {
        int segment = segment(hash);
        int[] in = hashes[segment];
        Slot[] of = slots[segment];
        int mask = in.length - 1;
        for (int at = hash & mask; of[at] != null; at = (at + 1) & mask) {
            if (in[at] == hash) {
                IndexKey key = of[at].key();
                boolean same = key.detail() instanceof Pattern.Cidr cidr
                        && cidr.bits() == networkBits
                        && cidr.network().equals(network)
                        && key.name().equals(name);
                if (same) {
                    return of[at].value();
                }
            }
        }
        return null;
    }

    private int indexOf(int segment, IndexKey key) {
        int[] in = hashes[segment];
        Slot[] of = slots[segment];
        int mask = in.length - 1;
        for (int at = key.hash() & mask; of[at] != null; at = (at + 1) & mask) {
            if (in[at] == key.hash() && of[at].key().is(key)) {
                return at;
            }
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
        table.set(new Slot(key, value), edit);
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
                table.set(of[i], edit);
            }
        }
        return table;
    }

    private IndexTable divided(Edit edit) {
        IndexTable wider = new IndexTable(bits + DIVIDE_BITS, edit);
        for (Slot[] segment : slots) {
            for (Slot slot : segment) {
                if (slot != null) {
                    wider.set(slot, edit);
                }
            }
        }
        return wider;
    }

    private void renew(int segment, int length, Edit edit) {
        hashes[segment] = new int[length];
        slots[segment] = new Slot[length];
        counts[segment] = 0;
        owners[segment] = edit;
    }

    private void set(Slot slot, Edit edit) {
        int segment = segment(slot.key().hash());
        if (owners[segment] != edit) {
            hashes[segment] = hashes[segment].clone();
            slots[segment] = slots[segment].clone();
            owners[segment] = edit;
        }
        int known = indexOf(segment, slot.key());
        if (known >= 0) {
            slots[segment][known] = slot;
            return;
        }
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
        int at = slot.key().hash() & mask;
        while (slots[segment][at] != null) {
            at = (at + 1) & mask;
        }
        slots[segment][at] = slot;
        hashes[segment][at] = slot.key().hash();
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
