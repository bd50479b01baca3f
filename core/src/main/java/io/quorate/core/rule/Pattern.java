package io.quorate.core.rule;

import io.quorate.core.quota.Names;
import java.util.ArrayList;
import java.util.List;

/**
 * What a rule asks of one entry's value.
 *
 * <p>Those that look at the text alone are written as such: {@code *} (any value), {@code /search*}, {@code *.css},
 * {@code /shop/*}{@code /cart} or plainly (exact). A star that is meant literally is written {@code \*}, and a
 * backslash before a star or a backslash {@code \\}.
 */
public sealed interface Pattern
        permits Pattern.Any,
                Pattern.Exact,
                Pattern.Prefix,
                Pattern.Glob,
                Pattern.AnyOf,
                Pattern.Cidr,
                Pattern.Range,
                Pattern.Absent,
                Pattern.Not,
                Regex {

    /** Whether an entry with this value fits; {@link Absent} fits no value. */
    boolean matches(String value);

    /** In words, as a rule file has it. */
    String text();

    /** Calls the case of {@code visitor} that fits this pattern's kind. */
    <T> T accept(Visitor<T> visitor);

    /** One case per kind of pattern. */
    interface Visitor<T> {
        T any(Any pattern);

        T exact(Exact pattern);

        T prefix(Prefix pattern);

        T glob(Glob pattern);

        T anyOf(AnyOf pattern);

        T cidr(Cidr pattern);

        T regex(Regex pattern);

        T range(Range pattern);

        T absent(Absent pattern);

        T not(Not pattern);
    }

    /** Reads a pattern of a text, as written in a rule file. */
    static Pattern parse(String text) {
        return StarText.parse(text);
    }

    /** Any value. */
    record Any() implements Pattern {
        @Override
        public boolean matches(String value) {
            return true;
        }

        @Override
        public String text() {
            return "*";
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.any(this);
        }
    }

    /** This value only. */
    record Exact(String value) implements Pattern {
        public Exact {
            Names.checkValue("value to match", value);
        }

        @Override
        public boolean matches(String other) {
            return value.equals(other);
        }

        @Override
        public String text() {
            return StarText.escape(value);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.exact(this);
        }
    }

    /** Every value that begins so. */
    record Prefix(String prefix) implements Pattern {
        public Prefix {
            Names.checkValue("prefix to match", prefix);
        }

        @Override
        public boolean matches(String value) {
            return value.startsWith(prefix);
        }

        @Override
        public String text() {
            return StarText.escape(prefix) + "*";
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.prefix(this);
        }
    }

    /**
     * Every value that has these parts one after the other, with anything between them.
     *
     * @param parts two or more; the first begins the value and the last ends it, each may be empty; those between
     *     aren't. A prefix alone is a {@link Prefix}
     */
    record Glob(List<String> parts) implements Pattern {
        public Glob {
            parts = List.copyOf(parts);
            Names.checkValue("text to match", String.join("*", parts));
            int count = parts.size();
            boolean wrong = count < 2 || (count == 2 && parts.get(1).isEmpty());
            for (int i = 1; i < count - 1; i++) {
                wrong |= parts.get(i).isEmpty();
            }
            if (wrong) {
                throw new IllegalArgumentException("a pattern with stars must have a text after one of them");
            }
        }

        public String prefix() {
            return parts.get(0);
        }

        public String suffix() {
            return parts.get(parts.size() - 1);
        }

        @Override
        public boolean matches(String value) {
            int last = parts.size() - 1;
            int end = value.length() - suffix().length();
            int at = prefix().length();
            if (at > end || !value.startsWith(prefix()) || !value.endsWith(suffix())) {
                return false;
            }
            // The earliest place for each part leaves the most to the others.
            for (int i = 1; i < last; i++) {
                int found = value.indexOf(parts.get(i), at);
                at = found + parts.get(i).length();
                if (found < 0 || at > end) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String text() {
            return String.join("*", parts.stream().map(StarText::escape).toList());
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.glob(this);
        }
    }

    /**
     * Values that fit one of several patterns.
     *
     * @param patterns 2 to {@value #PATTERNS_MAX} distinct ones of text, address or number
     */
    record AnyOf(List<Pattern> patterns) implements Pattern {
        public static final int PATTERNS_MAX = 1024;

        public AnyOf {
            patterns = List.copyOf(patterns);
            if (patterns.size() < 2 || patterns.size() > PATTERNS_MAX) {
                throw new IllegalArgumentException(
                        "a list of patterns has 2 to " + PATTERNS_MAX + ", not " + patterns.size());
            }
            for (Pattern pattern : patterns) {
                if (pattern instanceof Any
                        || pattern instanceof AnyOf
                        || pattern instanceof Absent
                        || pattern instanceof Not) {
                    throw new IllegalArgumentException("a list holds texts, addresses and numbers only");
                }
            }
            if (patterns.stream().distinct().count() != patterns.size()) {
                throw new IllegalArgumentException("a list of patterns has one twice");
            }
        }

        @Override
        public boolean matches(String value) {
            for (int i = 0; i < patterns.size(); i++) {
                if (patterns.get(i).matches(value)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public String text() {
            return patterns.stream().map(Pattern::text).toList().toString();
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.anyOf(this);
        }
    }

    /**
     * Addresses of a network, of IP version 4 or 6.
     *
     * @param network its first address
     * @param bits how many leading bits an address has in common with it; 0 to 32, or to 128 of version 6
     */
    record Cidr(Address network, int bits) implements Pattern {
        public Cidr {
            if (bits < 0 || bits > network.bits()) {
                throw new IllegalArgumentException(
                        "a network of " + network.text() + " has 0 to " + network.bits() + " bits, not " + bits);
            }
            if (!network.masked(bits).equals(network)) {
                throw new IllegalArgumentException("the network " + network.text() + "/" + bits
                        + " has bits set beyond its first " + bits + "; that network is "
                        + network.masked(bits).text() + "/" + bits);
            }
        }

        /** Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or an address alone. */
        public static Cidr parse(String text) {
            int slash = text.indexOf('/');
            Address address = Address.parse(slash < 0 ? text : text.substring(0, slash))
                    .orElseThrow(() -> new IllegalArgumentException(
                            "'" + Names.printable(text) + "' isn't an address or a network of addresses"));
            String bits = slash < 0 ? String.valueOf(address.bits()) : text.substring(slash + 1);
            boolean digits =
                    !bits.isEmpty() && bits.length() <= 3 && bits.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!digits) {
                throw new IllegalArgumentException(
                        "after the slash of '" + Names.printable(text) + "' must be the number of bits");
            }
            return new Cidr(address, Integer.parseInt(bits));
        }

        @Override
        public boolean matches(String value) {
            return Address.parse(value)
                    .filter(address -> address.isIn(network, bits))
                    .isPresent();
        }

        @Override
        public String text() {
            return network.text() + "/" + bits;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.cidr(this);
        }
    }

    /** Whole numbers from {@code least} to {@code most}; a value that isn't one doesn't fit. */
    record Range(long least, long most) implements Pattern {
        public Range {
            if (least > most) {
                throw new IllegalArgumentException("no number is at least " + least + " and at most " + most);
            }
        }

        @Override
        public boolean matches(String value) {
            if (!WholeNumber.is(value)) {
                return false;
            }
            long number = Long.parseLong(value);
            return number >= least && number <= most;
        }

        @Override
        public String text() {
            if (least == most) {
                return "= " + least;
            }
            if (most == Long.MAX_VALUE) {
                return ">= " + least;
            }
            return least == Long.MIN_VALUE ? "<= " + most : least + " to " + most;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.range(this);
        }
    }

    /** The request must not have the entry. */
    record Absent() implements Pattern {
        @Override
        public boolean matches(String value) {
            return false;
        }

        @Override
        public String text() {
            return "absent";
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.absent(this);
        }
    }

    /** Any value but those that fit another pattern; the request must have the entry. */
    record Not(Pattern pattern) implements Pattern {
        public Not {
            if (pattern instanceof Any || pattern instanceof Absent || pattern instanceof Not) {
                throw new IllegalArgumentException("'not' needs a pattern that some values fit and some don't");
            }
        }

        @Override
        public boolean matches(String value) {
            return !pattern.matches(value);
        }

        @Override
        public String text() {
            return "not " + pattern.text();
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.not(this);
        }
    }

    /** Text with stars, as written. */
    final class StarText {
        private StarText() {}

        static Pattern parse(String text) {
            List<String> parts = new ArrayList<>();
            StringBuilder part = new StringBuilder();
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                boolean escapes =
                        c == '\\' && i + 1 < text.length() && (text.charAt(i + 1) == '*' || text.charAt(i + 1) == '\\');
                if (escapes) {
                    part.append(text.charAt(++i));
                } else if (c == '*') {
                    // Two stars that touch are one.
                    if (parts.isEmpty() || !part.isEmpty()) {
                        parts.add(part.toString());
                    }
                    part.setLength(0);
                } else {
                    part.append(c);
                }
            }
            if (parts.isEmpty()) {
                return new Exact(part.toString());
            }
            parts.add(part.toString());
            boolean prefixOnly = parts.size() == 2 && parts.get(1).isEmpty();
            if (!prefixOnly) {
                return new Glob(parts);
            }
            return parts.get(0).isEmpty() ? new Any() : new Prefix(parts.get(0));
        }

        static String escape(String literal) {
            if (literal.indexOf('*') < 0 && literal.indexOf('\\') < 0) {
                return literal;
            }
            return literal.replace("\\", "\\\\").replace("*", "\\*");
        }
    }
}
