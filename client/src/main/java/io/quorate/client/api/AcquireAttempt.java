package io.quorate.client.api;

import io.quorate.client.route.AcquireCall;
import io.quorate.client.route.Refusal;
import io.quorate.protocol.v1.Decision;
import io.quorate.protocol.v1.Response;
import java.util.concurrent.CompletableFuture;

/** One acquire on its way, and the future of its result. */
final class AcquireAttempt extends AcquireCall {
    final CompletableFuture<Result> result = new CompletableFuture<>();
    private final long cost;
    private final Decided decided;

    /** Is told what a leader decided, before whoever waits for the result. */
    interface Decided {
        void by(boolean granted);
    }

    AcquireAttempt(AcquireRequest request, long deadlineNanos, Decided decided) {
        super(request.namespace(), request.descriptor(), request.encoded(), deadlineNanos);
        this.cost = request.cost();
        this.decided = decided;
    }

    /** Decided without being sent. */
    void decided(Result local) {
        result.complete(local);
    }

    @Override
    protected void answered(Response response) {
        Decision decision = response.getDecision();
        decided.by(decision.getAllowed());
        if (decision.getAllowed()) {
            result.complete(new Result.Granted(
                    Answers.ruleResults(decision.getRulesList()),
                    decision.hasPosition() ? Answers.position(decision.getPosition()) : Result.Position.NONE,
                    new Result.Receipt(group(), sessionId(), sequence(), cost)));
        } else {
            result.complete(new Result.Denied(
                    Answers.ruleResults(decision.getRulesList()), Answers.position(decision.getPosition())));
        }
    }

    @Override
    protected void failed(Refusal refusal) {
        if (Answers.isCallersFault(refusal)) {
            result.completeExceptionally(Answers.exception(refusal));
        } else {
            result.complete(new Result.Unknown(refusal.message(), refusal.maybeExecuted()));
        }
    }
}
