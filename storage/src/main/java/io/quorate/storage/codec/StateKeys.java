package io.quorate.storage.codec;

import io.quorate.core.quota.QuotaKey;
import java.nio.charset.StandardCharsets;

/**
 * Where each row stands in a store that orders keys by unsigned bytes: one byte for the table, then the
 * row's own key. Numbers are big-endian, so that their order is the keys' order.
 */
public final class StateKeys {
    public static final byte HEADER = 1;
    public static final byte LIMITS = 2;
    public static final byte RULES = 3;
    public static final byte SESSIONS = 4;
    /** Last, because it is by far the largest: a scan of the others never meets it. */
    public static final byte COUNTERS = 5;

    private StateKeys() {}

    public static byte[] header() {
        return new byte[] {HEADER};
    }

    public static byte[] limit(int limitId) {
        return new byte[] {
            LIMITS, (byte) (limitId >>> 24), (byte) (limitId >>> 16), (byte) (limitId >>> 8), (byte) limitId
        };
    }

    public static byte[] rules(String namespace) {
        return prefixed(RULES, namespace.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] session(long id) {
        byte[] key = new byte[1 + Long.BYTES];
        key[0] = SESSIONS;
        for (int i = 0; i < Long.BYTES; i++) {
            key[1 + i] = (byte) (id >>> 8 * (Long.BYTES - 1 - i));
        }
        return key;
    }

    public static byte[] counter(QuotaKey key) {
        return prefixed(COUNTERS, key.bytes());
    }

    /** The bytes behind the table's byte. */
    private static byte[] prefixed(byte table, byte[] rest) {
        byte[] key = new byte[1 + rest.length];
        key[0] = table;
        System.arraycopy(rest, 0, key, 1, rest.length);
        return key;
    }
}
