package io.quorate.core.rule;

import io.quorate.core.quota.Names;

/**
 * What a rule asks of one entry's value.
 *
 * <p>Written {@code *} (any value, counted apart), {@code /search*} (prefix, counted together) or plainly
 * (exact). A final star that is meant literally is written {@code \*}.
 */
public sealed interface Pattern {

    boolean matches(String value);

    /** Whether the entry's value is a part of the counter's key. */
    boolean counted();

    /** As written in a rule file. */
    String text();

    /** Reads a pattern as written in a rule file. */
    static Pattern parse(String text) {
        if (text.equals("*")) {
            return new Any();
        }
        if (text.endsWith("\\*")) {
            return new Exact(text.substring(0, text.length() - 2) + "*");
        }
        return text.endsWith("*") ? new Prefix(text.substring(0, text.length() - 1)) : new Exact(text);
    }

    /** Any value; one counter for each. */
    record Any() implements Pattern {
        @Override
        public boolean matches(String value) {
            return true;
        }

        @Override
        public boolean counted() {
            return true;
        }

        @Override
        public String text() {
            return "*";
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
        public boolean counted() {
            return false;
        }

        @Override
        public String text() {
            return value.endsWith("*") ? value.substring(0, value.length() - 1) + "\\*" : value;
        }
    }

    /** Every value that begins so; one counter for all. */
    record Prefix(String prefix) implements Pattern {
        public Prefix {
            Names.checkValue("prefix to match", prefix);
        }

        @Override
        public boolean matches(String value) {
            return value.startsWith(prefix);
        }

        @Override
        public boolean counted() {
            return false;
        }

        @Override
        public String text() {
            return prefix + "*";
        }
    }
}
