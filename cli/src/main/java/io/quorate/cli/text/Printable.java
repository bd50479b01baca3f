package io.quorate.cli.text;

/**
 * Text that is safe to show: control characters, and those that turn or hide other text, are escaped.
 *
 * <p>Names and values come from requests, so a terminal must never be given them raw.
 */
public final class Printable {
    private Printable() {}

    /** The text with unsafe characters written as {@code \x1b} or {@code \u202e}; backslashes stay as they are. */
    public static String escape(String text) {
        int i = 0;
        while (i < text.length() && !unsafe(text.charAt(i))) {
            i++;
        }
        if (i == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, i);
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                out.append(c).append(text.charAt(++i));
            } else if (!unsafe(c)) {
                out.append(c);
            } else if (c < 0x100) {
                out.append(String.format("\\x%02x", (int) c));
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return out.toString();
    }

    /** The escaped text, cut after {@code charsMax} characters of the original. */
    public static String escape(String text, int charsMax) {
        return text.length() <= charsMax ? escape(text) : escape(text.substring(0, charsMax)) + "...";
    }

    private static boolean unsafe(char c) {
        if (c < 0x7f) {
            return c < 0x20;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
