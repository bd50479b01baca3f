package io.quorate.core.rule;

/** Tells values that are whole numbers: decimal digits, a minus before them or not, at most 18 of them. */
final class WholeNumber {
    private static final int DIGITS_MAX = 18;

    private WholeNumber() {}

    static boolean is(String value) {
        int from = value.startsWith("-") ? 1 : 0;
        int digits = value.length() - from;
        if (digits < 1 || digits > DIGITS_MAX) {
            return false;
        }
        for (int i = from; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
