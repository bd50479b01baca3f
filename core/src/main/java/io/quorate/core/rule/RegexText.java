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

    /** Reads runs of ordinary characters outside of all groups. */
    private static final class Scan {
        private final String text;
        private final StringBuilder run = new StringBuilder();
        private String prefix = "";
        private String inner = "";
        private boolean atStart = true;
        private int depth;
        private boolean alternatives;

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
            }
            end(false);
            return alternatives || depth != 0 ? NOTHING : new RegexText(prefix, inner);
        }

        private int next(int i) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                char escaped = text.charAt(i + 1);
                if (META.indexOf(escaped) >= 0 || escaped == '/' || escaped == '-') {
                    return literal(escaped, i + 2);
                }
                end(true);
                // \x{41} and \pL: what follows isn't literal either, so the rest tells nothing.
                return escaped == 'x' || escaped == 'p' || escaped == 'P' ? text.length() : i + 2;
            }
            if (c == '[') {
                end(true);
                return afterClass(i);
            }
            if (c == '^' && i == 0) {
                return 1;
            }
            if (META.indexOf(c) < 0) {
                return literal(c, i + 1);
            }
            end(true);
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == '|' && depth == 0) {
                alternatives = true;
            } else if (c == '{') {
                int close = text.indexOf('}', i);
                return close < 0 ? text.length() : close + 1;
            }
            return i + 1;
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

        private int afterClass(int from) {
            int at = from + 1;
            if (at < text.length() && text.charAt(at) == '^') {
                at++;
            }
            // A bracket that comes first is meant itself; classes within ([:alpha:]) end twice.
            at++;
            while (at < text.length() && text.charAt(at) != ']') {
                if (text.startsWith("[:", at)) {
                    int close = text.indexOf(":]", at);
                    at = close < 0 ? text.length() : close + 2;
                } else {
                    at += text.charAt(at) == '\\' ? 2 : 1;
                }
            }
            return at + 1;
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
