package io.quorate.storage.codec;

import io.quorate.core.quota.Names;
import io.quorate.core.rule.Address;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Regex;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a pattern, but for the three kinds that there were first: those have numbers below {@value #FIRST}
 * of each format's own. A release that doesn't know a kind refuses its number.
 */
public final class PatternCodec {
    /** The least number of a kind that is written here. */
    public static final int FIRST = 16;
    /** Set in the number of a kind if its condition counts and those of its kind usually don't, or the reverse. */
    public static final int COUNTED_OTHERWISE = 0x80;

    private static final int GLOB = 16;
    private static final int ANY_OF = 17;
    private static final int CIDR = 18;
    private static final int REGEX = 19;
    private static final int RANGE = 20;
    private static final int ABSENT = 21;
    private static final int NOT = 22;
    // Within a list or a negation:
    private static final int EXACT = 33;
    private static final int PREFIX = 34;

    private static final int V6_BITS = 128;
    private static final int DEPTH_MAX = 3;

    private PatternCodec() {}

    /** {@link #COUNTED_OTHERWISE}, or 0. */
    public static int bits(EntryMatch condition) {
        return condition.counted() == condition.pattern() instanceof Pattern.Any ? 0 : COUNTED_OTHERWISE;
    }

    /** The condition whose pattern was read after a kind with these bits. */
    public static EntryMatch condition(String name, Pattern pattern, int kind) {
        boolean otherwise = (kind & COUNTED_OTHERWISE) != 0;
        return new EntryMatch(name, pattern, pattern instanceof Pattern.Any != otherwise);
    }

    /** Writes a pattern, its kind first, with these bits in it. */
    public static void write(Pattern pattern, int bits, ByteWriter out) {
        pattern.accept(new Writer(bits, out));
    }

    /** Reads a pattern of a kind whose number, without {@link #COUNTED_OTHERWISE}, has been read. */
    public static Pattern read(int kind, ByteReader in) {
        if (kind >= EXACT) {
            throw new MalformedException("a pattern of kind " + kind + " stands alone");
        }
        return read(kind, in, 1);
    }

    private static Pattern read(int kind, ByteReader in, int depth) {
        if (depth > DEPTH_MAX) {
            throw new MalformedException("a pattern is nested deeper than " + DEPTH_MAX);
        }
        return switch (kind) {
            case EXACT -> new Pattern.Exact(text(in));
            case PREFIX -> new Pattern.Prefix(text(in));
            case GLOB -> {
                int count = in.readCount(Names.VALUE_BYTES_MAX + 1, 1);
                List<String> parts = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    parts.add(text(in));
                }
                yield new Pattern.Glob(parts);
            }
            case ANY_OF -> {
                int count = in.readCount(Pattern.AnyOf.PATTERNS_MAX, 1);
                List<Pattern> patterns = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    patterns.add(read(in.readByte(), in, depth + 1));
                }
                yield new Pattern.AnyOf(patterns);
            }
            case CIDR -> {
                int version = in.readByte();
                long high = version == V6_BITS ? in.readFixedLong() : 0;
                yield new Pattern.Cidr(new Address(high, in.readFixedLong(), version), in.readByte());
            }
            case REGEX -> new Regex(text(in));
            case RANGE -> new Pattern.Range(in.readFixedLong(), in.readFixedLong());
            case ABSENT -> new Pattern.Absent();
            case NOT -> new Pattern.Not(read(in.readByte(), in, depth + 1));
            default -> throw new MalformedException("no kind of pattern has the number " + kind);
        };
    }

    private static String text(ByteReader in) {
        return in.readString(Names.VALUE_BYTES_MAX);
    }

    private record Writer(int bits, ByteWriter out) implements Pattern.Visitor<ByteWriter> {
        @Override
        public ByteWriter any(Pattern.Any pattern) {
            throw new IllegalArgumentException("any value is a kind of each format's own");
        }

        @Override
        public ByteWriter exact(Pattern.Exact pattern) {
            return out.putByte(EXACT | bits).putString(pattern.value());
        }

        @Override
        public ByteWriter prefix(Pattern.Prefix pattern) {
            return out.putByte(PREFIX | bits).putString(pattern.prefix());
        }

        @Override
        public ByteWriter glob(Pattern.Glob pattern) {
            out.putByte(GLOB | bits).putVarInt(pattern.parts().size());
            pattern.parts().forEach(out::putString);
            return out;
        }

        @Override
        public ByteWriter anyOf(Pattern.AnyOf pattern) {
            out.putByte(ANY_OF | bits).putVarInt(pattern.patterns().size());
            Writer plain = new Writer(0, out);
            pattern.patterns().forEach(one -> one.accept(plain));
            return out;
        }

        @Override
        public ByteWriter cidr(Pattern.Cidr pattern) {
            Address network = pattern.network();
            out.putByte(CIDR | bits).putByte(network.bits());
            if (network.bits() == V6_BITS) {
                out.putFixedLong(network.high());
            }
            return out.putFixedLong(network.low()).putByte(pattern.bits());
        }

        @Override
        public ByteWriter regex(Regex pattern) {
            return out.putByte(REGEX | bits).putString(pattern.expression());
        }

        @Override
        public ByteWriter range(Pattern.Range pattern) {
            return out.putByte(RANGE | bits).putFixedLong(pattern.least()).putFixedLong(pattern.most());
        }

        @Override
        public ByteWriter absent(Pattern.Absent pattern) {
            return out.putByte(ABSENT | bits);
        }

        @Override
        public ByteWriter not(Pattern.Not pattern) {
            out.putByte(NOT | bits);
            return pattern.pattern().accept(new Writer(0, out));
        }
    }
}
