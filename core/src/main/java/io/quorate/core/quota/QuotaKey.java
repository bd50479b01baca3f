package io.quorate.core.quota;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Names one counter: namespace, rule and the values of the entries by which the rule counts.
 *
 * <p>Held as its canonical bytes (each part preceded by its length in two bytes), which are also its bytes
 * in log and store; keys of one rule are neighbours in their order. Immutable; the hash is computed once.
 */
public final class QuotaKey implements Comparable<QuotaKey> {
    /** Most values in a key: the most entries of a descriptor. */
    public static final int VALUES_MAX = 16;

    public static final int BYTES_MAX = 2 * (2 + Names.NAME_BYTES_MAX) + VALUES_MAX * (2 + Names.VALUE_BYTES_MAX);

    private final byte[] bytes;
    private final long hash;

    private QuotaKey(byte[] bytes) {
        this(bytes, Slots.hash(bytes));
    }

    private QuotaKey(byte[] bytes, long hash) {
        this.bytes = bytes;
        this.hash = hash;
    }

    /** The key of a rule's counter for these values (none for a rule with one counter). */
    public static QuotaKey of(String namespace, String ruleId, List<String> values) {
        return new Stem(namespace, ruleId).key(values.toArray(new String[0]));
    }

    /** What all keys of one rule begin with, encoded and hashed once, so that making a key is cheap. */
    public static final class Stem {
        private final byte[] bytes;
        private final long hashSoFar;

        public Stem(String namespace, String ruleId) {
            this.bytes = put(put(new byte[0], namespace), ruleId);
            this.hashSoFar = Slots.hash(Slots.SEED, bytes, 0);
        }

        /** The key for these values, in the order of the rule's entries. */
        public QuotaKey key(String... values) {
            int size = bytes.length;
            for (String value : values) {
                size += 2 + sizeBytes(value);
            }
            byte[] key = Arrays.copyOf(bytes, size);
            int at = bytes.length;
            for (String value : values) {
                at = put(key, at, value);
            }
            return new QuotaKey(key, Slots.finish(Slots.hash(hashSoFar, key, bytes.length)));
        }
    }

    private static byte[] put(byte[] before, String part) {
        byte[] bytes = Arrays.copyOf(before, before.length + 2 + sizeBytes(part));
        put(bytes, before.length, part);
        return bytes;
    }

    /** Writes a part with its length and returns where it ends. */
    private static int put(byte[] bytes, int at, String part) {
        int start = at + 2;
        int end;
        if (isAscii(part)) {
            end = start + part.length();
            for (int i = 0; i < part.length(); i++) {
                bytes[start + i] = (byte) part.charAt(i);
            }
        } else {
            byte[] encoded = part.getBytes(StandardCharsets.UTF_8);
            System.arraycopy(encoded, 0, bytes, start, encoded.length);
            end = start + encoded.length;
        }
        bytes[at] = (byte) ((end - start) >>> 8);
        bytes[at + 1] = (byte) (end - start);
        return end;
    }

    private static int sizeBytes(String part) {
        return isAscii(part) ? part.length() : part.getBytes(StandardCharsets.UTF_8).length;
    }

    private static boolean isAscii(String part) {
        for (int i = 0; i < part.length(); i++) {
            if (part.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /**
     * The key with these canonical bytes, which the caller must not change afterwards.
     *
     * @throws IllegalArgumentException if they aren't a key's bytes
     */
    public static QuotaKey ofBytes(byte[] bytes) {
        int parts = 0;
        int at = 0;
        while (at < bytes.length) {
            if (at + 2 > bytes.length) {
                throw new IllegalArgumentException("key bytes end inside a length");
            }
            at += 2 + ((bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff);
            parts++;
        }
        if (at != bytes.length || parts < 2 || parts > 2 + VALUES_MAX || bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException("key bytes are malformed");
        }
        return new QuotaKey(bytes);
    }

    /** The canonical bytes; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** The first bytes of every key of a namespace. */
    public static byte[] prefix(String namespace) {
        return of(namespace, "", List.of()).stripLast();
    }

    /** The first bytes of every key of a rule. */
    public static byte[] prefix(String namespace, String ruleId) {
        return of(namespace, ruleId, List.of()).bytes;
    }

    public String namespace() {
        return part(0);
    }

    public String ruleId() {
        return part(1);
    }

    /** The values by which the rule counts, in the order of the rule's entries. */
    public List<String> values() {
        List<String> values = new ArrayList<>();
        int at = skip(skip(0));
        while (at < bytes.length) {
            int length = length(at);
            values.add(new String(bytes, at + 2, length, StandardCharsets.UTF_8));
            at += 2 + length;
        }
        return List.copyOf(values);
    }

    /** A stable 64-bit hash of the bytes. */
    public long hash64() {
        return hash;
    }

    private byte[] stripLast() {
        return Arrays.copyOf(bytes, bytes.length - 2);
    }

    private String part(int ordinal) {
        int at = 0;
        for (int i = 0; i < ordinal; i++) {
            at = skip(at);
        }
        return new String(bytes, at + 2, length(at), StandardCharsets.UTF_8);
    }

    private int skip(int at) {
        return at + 2 + length(at);
    }

    private int length(int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QuotaKey key && hash == key.hash && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return (int) (hash ^ (hash >>> 32));
    }

    @Override
    public int compareTo(QuotaKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    /** For people: {@code shop/per-client/42}. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(namespace()).append('/').append(ruleId());
        for (String value : values()) {
            out.append('/').append(value);
        }
        return out.toString();
    }
}
