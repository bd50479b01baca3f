package io.quorate.core.rule;

/**
 * What can be told of a regular expression by its text: literal texts that every value that fits must have. Where
 * the text is hard to judge, nothing is told.
 *
 * @param prefix begins every value that fits; may be empty
 * @param inner stands somewhere in every value that fits; may be empty
 */
record RegexText(String prefix, String inner) {
    private static final RegexText NOTHING = new RegexText("", "");
    private static final String META = "\\.+*?()|[]{}^$";
    private static final String QUANTIFIERS = "*?{";
    /** Letters that are a whole escape with the backslash before them, and stand for no text that is told. */
    private static final String SHORT_ESCAPES = "dDwWsSbBAzafnrtv";
    /** A counted repetition. With a leading zero it isn't one. */
    private static final com.google.re2j.Pattern COUNT =
            com.google.re2j.Pattern.compile("\\{(0|[1-9][0-9]{0,3})(,(0|[1-9][0-9]{0,3})?)?}");
    /** No place in a text: the scan ends and tells nothing. */
    private static final int UNSURE = -1;

    static RegexText of(String expression) {
        return new Scan(expression).result();
    }

    /** At least how often the counted repetitions of an expression together repeat what they hold. */
    static long repeats(String expression) {
        long product = 1;
        for (int i = expression.indexOf('{'); i >= 0; i = expression.indexOf('{', i + 1)) {
            long most = 0;
            long number = 0;
            int at = i + 1;
            for (; at < expression.length(); at++) {
                char c = expression.charAt(at);
                if (c >= '0' && c <= '9') {
                    number = Math.min(10 * number + c - '0', Integer.MAX_VALUE);
                    most = Math.max(most, number);
                } else if (c == ',') {
                    number = 0;
                } else {
                    break;
                }
            }
            if (at < expression.length() && expression.charAt(at) == '}' && most > 1) {
                product = Math.min(product * most, Integer.MAX_VALUE);
            }
        }
        return product;
    }

    /** Reads runs of ordinary characters outside of all groups, and gives up at whatever it doesn't know for sure. */
    private static final class Scan {
        private final String text;
        private final StringBuilder run = new StringBuilder();
        private String prefix = "";
        private String inner = "";
        private boolean atStart = true;
        private int depth;

        Scan(String text) {
            this.text = text;
        }

        RegexText result() {
            // A flag changes what its letters mean, and \Q quotes what looks like more.
            if (text.contains("(?") || text.contains("\\Q")) {
                return NOTHING;
            }
            int i = 0;
            while (i < text.length()) {
                i = next(i);
                if (i == UNSURE) {
                    return NOTHING;
                }
            }
            end(false);
            return depth != 0 ? NOTHING : new RegexText(prefix, inner);
        }

        /** Where what follows the part at {@code i} begins; {@link #UNSURE} if that can't be told. */
        private int next(int i) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                return UNSURE;
            }
            if (META.indexOf(c) < 0) {
                return literal(c, i + 1);
            }
            if (c == '\\') {
                return escape(i);
            }
            if (c == '^' && i == 0) {
                return 1;
            }
            end(true);
            return switch (c) {
                case '[' -> afterClass(i);
                case '{' -> afterCount(i);
                case '|' -> depth == 0 ? UNSURE : i + 1;
                case '(' -> {
                    depth++;
                    yield i + 1;
                }
                case ')' -> {
                    depth--;
                    yield i + 1;
                }
                default -> i + 1;
            };
        }

        private int escape(int i) {
            if (i + 1 == text.length()) {
                return UNSURE;
            }
            char escaped = text.charAt(i + 1);
            if (META.indexOf(escaped) >= 0 || escaped == '/' || escaped == '-') {
                return literal(escaped, i + 2);
            }
            end(true);
            return SHORT_ESCAPES.indexOf(escaped) >= 0 ? i + 2 : UNSURE;
        }

        /** An ordinary character that ends before {@code after}; one that may be left out ends the run. */
        private int literal(char c, int after) {
            boolean optional = after < text.length() && QUANTIFIERS.indexOf(text.charAt(after)) >= 0;
            if (depth > 0 || optional) {
                end(true);
            } else {
                run.append(c);
            }
            return after;
        }

        /** After a class of plain characters and ranges; with an escape or a class within it, it isn't told. */
        private int afterClass(int from) {
            int first = text.startsWith("^", from + 1) ? from + 2 : from + 1;
            // A bracket that comes first is meant itself.
            int close = text.indexOf(']', first + 1);
            if (close < 0) {
                return UNSURE;
            }
            String body = text.substring(first, close);
            return body.indexOf('\\') >= 0 || body.indexOf('[') >= 0 ? UNSURE : close + 1;
        }

        /** After {n}, {n,} or {n,m}; other braces are meant themselves. */
        private int afterCount(int from) {
            int close = text.indexOf('}', from);
            boolean count =
                    close >= 0 && COUNT.matcher(text.substring(from, close + 1)).matches();
            return count ? close + 1 : UNSURE;
        }

        private void end(boolean more) {
            if (atStart) {
                prefix = run.toString();
            }
            if (run.length() > inner.length()) {
                inner = run.toString();
            }
            run.setLength(0);
            atStart &= !more;
        }
    }
}
