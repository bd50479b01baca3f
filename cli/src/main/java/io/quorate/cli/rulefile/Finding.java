package io.quorate.cli.rulefile;

/**
 * Something in right rules that is hardly meant.
 *
 * @param kind a short name that stays the same: {@code unreachable}, {@code duplicate} and so on
 * @param problem where it is, what it is, and what to do
 */
public record Finding(String kind, Problem problem) {
    /** For people. */
    @Override
    public String toString() {
        return problem + " [" + kind + "]";
    }
}
