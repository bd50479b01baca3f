package io.quorate.core.quota;

import java.nio.charset.StandardCharsets;

/**
 * Maps what is counted together to one of {@value #COUNT} slots, and slots to groups.
 *
 * <p>A slot is chosen by namespace, or by namespace and the value of the entry by which the namespace
 * colocates its rules; so all counters that one request can touch are in one group, and a request over
 * several rules is one command. Client and server use this same code.
 *
 * <p>The hash is FNV-1a (64 bit; Fowler, Noll, Vo) followed by the finaliser of MurmurHash3 (Appleby):
 * stable for ever, not meant to resist an adversary, on whom only balance depends and never safety.
 */
public final class Slots {
    public static final int COUNT = 4096;

    private Slots() {}

    /** The slot of everything in a namespace that doesn't colocate by an entry. */
    public static int of(String namespace) {
        return slot(hash(SEED, namespace));
    }

    /** The slot of one value of the entry by which a namespace colocates. */
    public static int of(String namespace, String colocateValue) {
        return slot(hash(hash(SEED, namespace) * PRIME ^ 0xff, colocateValue));
    }

    /** The data group of a slot when slots are dealt evenly over {@code dataGroups} groups. */
    public static GroupId groupOf(int slot, int dataGroups) {
        if (slot < 0 || slot >= COUNT) {
            throw new IllegalArgumentException("slot must be 0 to " + (COUNT - 1) + ", not " + slot);
        }
        return new GroupId(1 + (int) ((long) slot * dataGroups / COUNT));
    }

    /** A stable 64-bit hash of bytes. */
    public static long hash(byte[] bytes) {
        return finish(hash(SEED, bytes, 0));
    }

    static final long SEED = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    /** Goes on hashing with the bytes from {@code from} on; {@link #finish} makes a hash of it. */
    static long hash(long h, byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            h = (h ^ (bytes[i] & 0xff)) * PRIME;
        }
        return h;
    }

    private static long hash(long h, String text) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ (b & 0xff)) * PRIME;
        }
        return h;
    }

    private static int slot(long h) {
        return (int) (finish(h) & (COUNT - 1));
    }

    static long finish(long h) {
        h ^= h >>> 33;
        h *= 0xff51afd7ed558ccdL;
        h ^= h >>> 33;
        h *= 0xc4ceb9fe1a85ec53L;
        return h ^ (h >>> 33);
    }
}
