package io.quorate.client.api;

import io.quorate.client.route.Call;
import io.quorate.client.route.Refusal;
import io.quorate.client.route.Target;
import io.quorate.protocol.RuleMessages;
import io.quorate.protocol.v1.Peek;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import java.util.concurrent.CompletableFuture;

/** One peek on its way, and the future of its result. */
final class PeekAttempt extends Call {
    final CompletableFuture<PeekResult> result = new CompletableFuture<>();
    private final AcquireRequest asked;

    PeekAttempt(AcquireRequest asked, long deadlineNanos) {
        super(new Target.ByNamespace(asked.namespace(), asked.descriptor()), false, deadlineNanos);
        this.asked = asked;
    }

    @Override
    public Request request(long correlationId) {
        return Request.newBuilder()
                .setCorrelationId(correlationId)
                .setPeek(Peek.newBuilder()
                        .setGroup(group())
                        .setEpoch(epoch())
                        .setNamespace(asked.namespace())
                        .addAllEntries(RuleMessages.toMessages(asked.descriptor()))
                        .setCost(asked.cost()))
                .build();
    }

    @Override
    protected boolean accepts(Response response) {
        return response.hasDecision();
    }

    @Override
    protected void answered(Response response) {
        result.complete(new PeekResult.Known(
                response.getDecision().getAllowed(),
                Answers.ruleResults(response.getDecision().getRulesList())));
    }

    @Override
    protected void failed(Refusal refusal) {
        if (Answers.isCallersFault(refusal)) {
            result.completeExceptionally(Answers.exception(refusal));
        } else {
            result.complete(new PeekResult.Unknown(refusal.message()));
        }
    }
}
