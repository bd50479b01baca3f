package io.quorate.cli.trace;

import io.quorate.core.quota.Names;

/** Reads the numbers of a trace. */
final class Numbers {
    /** The end of the year 9999: later times are taken for a mistake in the unit. */
    static final long TIME_MILLIS_MAX = 253_402_300_799_999L;
    /** The largest cost of one request, in tokens. */
    static final long COST_MAX = 1_000_000_000L;

    private Numbers() {}

    static long parse(String what, String text, long max) throws MalformedLineException {
        int length = text.length();
        if (length == 0) {
            throw new MalformedLineException(what + " is empty");
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                throw new MalformedLineException(
                        what + " must be a whole number, 0 or more, not '" + Names.printable(text) + "'");
            }
            value = value * 10 + (c - '0');
            if (value > max) {
                throw new MalformedLineException(what + " must be at most " + max + ", not " + Names.printable(text));
            }
        }
        return value;
    }
}
