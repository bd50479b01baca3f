package io.quorate.server.endpoint;

import io.quorate.protocol.v1.Response;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request whose answer is made where it is handled, without a command. */
final class AnswerExchange extends Exchange {
    private @Nullable Consumer<Response.Builder> answer;

    AnswerExchange(Peer peer, long correlationId) {
        super(peer, correlationId);
    }

    /** Answers with a body that is set by {@code body}, on the event loop. */
    void answer(Consumer<Response.Builder> body) {
        answer = body;
        answered();
    }

    @Override
    protected void answer(Response.Builder response, long nowNanos) {
        Consumer<Response.Builder> body = answer;
        if (body == null) {
            throw new IllegalStateException("answered without an answer");
        }
        body.accept(response);
    }
}
