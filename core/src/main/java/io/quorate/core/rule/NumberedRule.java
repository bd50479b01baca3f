package io.quorate.core.rule;

/**
 * A rule as applied: with the number of its limit.
 *
 * @param limitId names the limit's exact terms for ever, cluster-wide; a rule whose limit changes gets a new
 *     number, a rule whose limit stays keeps its own; 1 or more, or {@link #NO_LIMIT}
 */
public record NumberedRule(Rule rule, int limitId) {
    /** The number of a rule that is unlimited. */
    public static final int NO_LIMIT = 0;
}
