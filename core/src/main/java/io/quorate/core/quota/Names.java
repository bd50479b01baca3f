package io.quorate.core.quota;

import java.nio.charset.StandardCharsets;

/** What may stand as a name or a value: the bounds, and the errors that say so. */
public final class Names {
    /** Most bytes (UTF-8) of a namespace, a rule id or an entry's name. */
    public static final int NAME_BYTES_MAX = 64;
    /** Most bytes (UTF-8) of an entry's value. */
    public static final int VALUE_BYTES_MAX = 256;

    private Names() {}

    /**
     * Checks a namespace, rule id or entry name: 1 to {@value #NAME_BYTES_MAX} characters of
     * {@code A-Z a-z 0-9 . _ -}.
     *
     * @throws IllegalArgumentException that says what {@code what} is and what would be right
     */
    public static String checkName(String what, String name) {
        boolean right = !name.isEmpty() && name.length() <= NAME_BYTES_MAX;
        for (int i = 0; right && i < name.length(); i++) {
            char c = name.charAt(i);
            right = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '.'
                    || c == '_'
                    || c == '-';
        }
        if (!right) {
            throw new IllegalArgumentException(what + " must be 1 to " + NAME_BYTES_MAX
                    + " characters of A-Z a-z 0-9 . _ -, not '" + printable(name) + "'");
        }
        return name;
    }

    /**
     * Checks an entry's value: at most {@value #VALUE_BYTES_MAX} bytes, no control characters, well-formed
     * Unicode.
     *
     * @throws IllegalArgumentException that says what {@code what} is and what would be right
     */
    public static String checkValue(String what, String value) {
        if (value.length() > VALUE_BYTES_MAX || value.getBytes(StandardCharsets.UTF_8).length > VALUE_BYTES_MAX) {
            throw new IllegalArgumentException(what + " must be at most " + VALUE_BYTES_MAX + " bytes of UTF-8");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isISOControl(c)) {
                throw new IllegalArgumentException(
                        what + " must have no control characters, but has one at position " + i);
            }
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < value.length()
                        && Character.isLowSurrogate(value.charAt(i + 1));
                if (!pair) {
                    throw new IllegalArgumentException(what + " must be well-formed Unicode");
                }
                i++;
            }
        }
        return value;
    }

    /** A text that can stand in an error message: bounded, control characters shown as {@code ?}. */
    public static String printable(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(80).forEach(c -> out.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return text.length() > 80 ? out + "..." : out.toString();
    }
}
