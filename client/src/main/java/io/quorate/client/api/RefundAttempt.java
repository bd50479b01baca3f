package io.quorate.client.api;

import io.quorate.client.route.Call;
import io.quorate.client.route.Refusal;
import io.quorate.client.route.Target;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Refund;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import java.util.concurrent.CompletableFuture;

/** One refund on its way, and the future of its result. */
final class RefundAttempt extends Call {
    final CompletableFuture<RefundResult> result = new CompletableFuture<>();
    private final Result.Receipt receipt;
    private final long count;

    RefundAttempt(Result.Receipt receipt, long count, long deadlineNanos) {
        super(new Target.InSession(receipt.group(), receipt.sessionId()), true, deadlineNanos);
        this.receipt = receipt;
        this.count = count;
    }

    @Override
    public Request request(long correlationId) {
        return Request.newBuilder()
                .setCorrelationId(correlationId)
                .setRefund(Refund.newBuilder()
                        .setGroup(group())
                        .setEpoch(epoch())
                        .setSessionId(sessionId())
                        .setSequence(sequence())
                        .setAckedBelow(ackedBelow())
                        .setAcquireSequence(receipt.sequence())
                        .setCount(count))
                .build();
    }

    @Override
    protected boolean accepts(Response response) {
        return response.hasRefunded();
    }

    @Override
    protected void answered(Response response) {
        result.complete(new RefundResult.Refunded(response.getRefunded().getRefunded()));
    }

    @Override
    protected void failed(Refusal refusal) {
        boolean gone = refusal.code() == Code.NOTHING_TO_REFUND
                || refusal.code() == Code.UNKNOWN_SESSION && !refusal.maybeExecuted();
        if (gone) {
            result.complete(new RefundResult.Expired());
        } else if (Answers.isCallersFault(refusal)) {
            result.completeExceptionally(Answers.exception(refusal));
        } else {
            result.complete(new RefundResult.Unknown(refusal.message()));
        }
    }
}
