package io.quorate.cli.replay;

/** What came of one request at one rule that matches it. */
public enum RuleVerdict {
    /** The rule had room; charged, unless it is a shadow rule of a request that another rule denied. */
    ADMITTED("admitted"),
    /** The rule had no room. */
    DENIED("denied"),
    /** The rule had room, but another one denied the request, so nothing was charged. */
    BLOCKED("blocked");

    private final String label;

    RuleVerdict(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /**
     * The verdict on a rule.
     *
     * @param ruleAllowed whether the rule by itself has room
     * @param requestAllowed whether the request was granted
     */
    public static RuleVerdict of(boolean ruleAllowed, boolean requestAllowed, boolean shadow) {
        if (!ruleAllowed) {
            return DENIED;
        }
        return requestAllowed || shadow ? ADMITTED : BLOCKED;
    }
}
