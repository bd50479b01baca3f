package io.quorate.cli.replay;

import io.quorate.cli.trace.TraceRequest;
import io.quorate.core.rule.CompiledRules.Matched;

/** Is told every decision of a replay, in the order of the trace. */
public interface DecisionListener {
    /**
     * One rule decided one request; called once per matching rule, in the rules' order.
     *
     * @param remaining whole tokens left after the decision
     * @param retryAfterMillis 0 if admitted or blocked, -1 if the cost can never be granted
     */
    void decided(TraceRequest request, Matched matched, RuleVerdict verdict, long remaining, long retryAfterMillis);

    /** The request was decided; called after its rules. Without a matching rule it is granted. */
    default void answered(TraceRequest request, int rulesMatched, boolean granted) {}

    /** A cluster would refuse the request, so that nothing decides it. */
    default void refused(TraceRequest request, String reason) {}

    /** It isn't known what came of the request (live replays only). */
    default void unknown(TraceRequest request, String reason) {}

    /** Tells all of {@code listeners}, one after the other. */
    static DecisionListener all(DecisionListener... listeners) {
        return new FanOut(listeners);
    }
}
