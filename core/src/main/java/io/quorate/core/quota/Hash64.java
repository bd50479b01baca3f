package io.quorate.core.quota;

/**
 * The mixing of which digests of the state are made. Not meant to resist an adversary.
 *
 * <p>Stored digests depend on it: it must never change.
 */
public final class Hash64 {
    private Hash64() {}

    /** A hash with one more number in it. */
    public static long mix(long h, long value) {
        long next = (h ^ value) * 0x9e3779b97f4a7c15L;
        return next ^ (next >>> 32);
    }

    /** The finaliser of MurmurHash3 (Appleby), so that sums of neighbours don't cancel. */
    public static long finish(long h) {
        long next = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        next = (next ^ (next >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return next ^ (next >>> 33);
    }
}
