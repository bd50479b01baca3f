package io.quorate.core.rule;

import java.util.Optional;

/**
 * An IP address. One of version 6 that stands for one of version 4 ({@code ::ffff:10.0.0.1}) is that one.
 *
 * @param high the first 64 bits of version 6; 0 of version 4
 * @param low the last 64 bits of version 6; all 32 of version 4
 * @param bits 32 or 128
 */
public record Address(long high, long low, int bits) {
    private static final int V4_BITS = 32;
    private static final int V6_BITS = 128;
    private static final int GROUPS = 8;
    private static final int LENGTH_MAX = 45;

    public Address {
        boolean right = bits == V6_BITS || (bits == V4_BITS && high == 0 && low >>> V4_BITS == 0);
        if (!right) {
            throw new IllegalArgumentException("an address has 32 or 128 bits");
        }
    }

    /** Reads an address as people write it; empty if it isn't one. */
    public static Optional<Address> parse(String text) {
        int length = text.length();
        if (length < 2 || length > LENGTH_MAX) {
            return Optional.empty();
        }
        if (text.indexOf(':') < 0) {
            long v4 = v4(text, 0, length);
            return v4 < 0 ? Optional.empty() : Optional.of(new Address(0, v4, V4_BITS));
        }
        return v6(text);
    }

    /** The address with all bits but the first {@code count} cleared. */
    public Address masked(int count) {
        if (bits == V4_BITS) {
            return new Address(0, low & mask(count + V4_BITS), V4_BITS);
        }
        return new Address(high & mask(Math.min(count, 64)), low & mask(Math.max(0, count - 64)), V6_BITS);
    }

    /** Whether the first {@code count} bits are those of {@code network}. */
    boolean isIn(Address network, int count) {
        return bits == network.bits && masked(count).equals(network);
    }

    private static long mask(int count) {
        return count == 0 ? 0 : -1L << (64 - count);
    }

    /** As people write it; of version 6 the longest run of zero groups is left out. */
    public String text() {
        if (bits == V4_BITS) {
            return (low >>> 24 & 255) + "." + (low >>> 16 & 255) + "." + (low >>> 8 & 255) + "." + (low & 255);
        }
        int from = -1;
        int count = 1;
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && group(i + run) == 0) {
                run++;
            }
            if (run > count) {
                from = i;
                count = run;
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == from) {
                out.append("::");
                i += count - 1;
            } else {
                boolean first = i == 0 || out.charAt(out.length() - 1) == ':';
                out.append(first ? "" : ":").append(Integer.toHexString(group(i)));
            }
        }
        return out.toString();
    }

    private int group(int i) {
        long half = i < 4 ? high : low;
        return (int) (half >>> (48 - 16 * (i & 3))) & 0xffff;
    }

    /** Four numbers of 0 to 255 without leading zeros, from {@code at} to {@code end}; -1 if it isn't that. */
    private static long v4(String text, int at, int end) {
        long address = 0;
        int parts = 0;
        int i = at;
        while (i < end) {
            int start = i;
            int number = 0;
            while (i < end && text.charAt(i) >= '0' && text.charAt(i) <= '9' && i - start < 3) {
                number = 10 * number + text.charAt(i++) - '0';
            }
            boolean wrong = i == start || number > 255 || (i - start > 1 && text.charAt(start) == '0');
            if (wrong || ++parts > 4) {
                return -1;
            }
            address = address << 8 | number;
            if (i < end && (text.charAt(i++) != '.' || i == end)) {
                return -1;
            }
        }
        return parts == 4 ? address : -1;
    }

    private static Optional<Address> v6(String text) {
        int[] groups = new int[GROUPS];
        int count = 0;
        int gapAt = -1;
        int i = 0;
        int end = text.length();
        if (text.startsWith("::")) {
            gapAt = 0;
            i = 2;
        }
        while (i < end) {
            int start = i;
            int group = 0;
            while (i < end && Character.digit(text.charAt(i), 16) >= 0 && text.charAt(i) < 0x80 && i - start < 4) {
                group = group << 4 | Character.digit(text.charAt(i++), 16);
            }
            if (i < end && text.charAt(i) == '.') {
                long v4 = v4(text, start, end);
                if (v4 < 0 || count > GROUPS - 2) {
                    return Optional.empty();
                }
                groups[count++] = (int) (v4 >>> 16);
                groups[count++] = (int) (v4 & 0xffff);
                break;
            }
            if (i == start || count == GROUPS) {
                return Optional.empty();
            }
            groups[count++] = group;
            if (i == end) {
                break;
            }
            if (text.charAt(i++) != ':' || i == end) {
                return Optional.empty();
            }
            if (text.charAt(i) == ':') {
                if (gapAt >= 0) {
                    return Optional.empty();
                }
                gapAt = count;
                i++;
            }
        }
        return of(groups, count, gapAt);
    }

    private static Optional<Address> of(int[] groups, int count, int gapAt) {
        if (gapAt < 0 ? count != GROUPS : count == GROUPS) {
            return Optional.empty();
        }
        long high = 0;
        long low = 0;
        int gap = GROUPS - count;
        for (int i = 0; i < GROUPS; i++) {
            int group = gapAt < 0 || i < gapAt ? groups[i] : i < gapAt + gap ? 0 : groups[i - gap];
            high = i < 4 ? high << 16 | group : high;
            low = i < 4 ? low : low << 16 | group;
        }
        boolean mapped = high == 0 && low >>> V4_BITS == 0xffff;
        return Optional.of(mapped ? new Address(0, low & 0xffffffffL, V4_BITS) : new Address(high, low, V6_BITS));
    }
}
