package io.quorate.cli.replay;

import io.quorate.cli.trace.TraceRequest;
import io.quorate.core.rule.CompiledRules.Matched;

/** Several listeners as one. */
final class FanOut implements DecisionListener {
    private final DecisionListener[] listeners;

    FanOut(DecisionListener[] listeners) {
        this.listeners = listeners.clone();
    }

    @Override
    public void decided(
            TraceRequest request, Matched matched, RuleVerdict verdict, long remaining, long retryAfterMillis) {
        for (DecisionListener listener : listeners) {
            listener.decided(request, matched, verdict, remaining, retryAfterMillis);
        }
    }

    @Override
    public void answered(TraceRequest request, int rulesMatched, boolean granted) {
        for (DecisionListener listener : listeners) {
            listener.answered(request, rulesMatched, granted);
        }
    }

    @Override
    public void refused(TraceRequest request, String reason) {
        for (DecisionListener listener : listeners) {
            listener.refused(request, reason);
        }
    }

    @Override
    public void unknown(TraceRequest request, String reason) {
        for (DecisionListener listener : listeners) {
            listener.unknown(request, reason);
        }
    }
}
