package io.quorate.client.api;

import io.quorate.client.route.Call;
import io.quorate.client.route.Refusal;
import io.quorate.client.route.Target;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import java.util.concurrent.CompletableFuture;

/** One administrative request on its way, and the future of its answer or {@link Failed}. */
final class AdminCall extends Call {
    final CompletableFuture<Response> answer = new CompletableFuture<>();
    /** A tag and a number. */
    private static final int CORRELATION_BYTES_MAX = 11;

    private final Request asked;
    private final Response.BodyCase expected;

    /** A call whose requests are {@code asked}, numbered anew in each try. */
    AdminCall(Target target, Request asked, Response.BodyCase expected, long deadlineNanos) {
        super(target, false, deadlineNanos);
        this.asked = asked;
        this.expected = expected;
    }

    @Override
    public Request request(long correlationId) {
        return asked.toBuilder().setCorrelationId(correlationId).build();
    }

    @Override
    protected int sizeBytesMax() {
        return asked.getSerializedSize() + CORRELATION_BYTES_MAX;
    }

    @Override
    protected boolean accepts(Response response) {
        return response.getBodyCase() == expected;
    }

    @Override
    protected void answered(Response response) {
        answer.complete(response);
    }

    @Override
    protected void failed(Refusal refusal) {
        answer.completeExceptionally(new Failed(refusal));
    }

    /** Carries a refusal through the future. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Refusal refusal;

        private Failed(Refusal refusal) {
            super(refusal.message(), null, false, false);
            this.refusal = refusal;
        }

        Refusal refusal() {
            return refusal;
        }
    }
}
