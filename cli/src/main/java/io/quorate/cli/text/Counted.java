package io.quorate.cli.text;

/** A number of things in words. */
public final class Counted {
    private Counted() {}

    /** {@code 1 rule is}, {@code 2 rules are}: the thing in the plural that fits, and its verb. */
    public static String are(long count, String thing) {
        return of(count, thing) + (count == 1 ? " is" : " are");
    }

    /** {@code 1 rule}, {@code 2 rules}. */
    public static String of(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }
}
