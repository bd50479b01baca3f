package io.quorate.server.endpoint;

import io.quorate.protocol.Failures;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Failure;
import io.quorate.protocol.v1.Response;
import io.quorate.server.metrics.ServerMetrics;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to its response. Answered once, by whichever thread has the answer; the response
 * is built on the peer's event loop.
 */
public abstract class Exchange {
    private static final VarHandle ANSWERED;

    static {
        try {
            ANSWERED = MethodHandles.lookup().findVarHandle(Exchange.class, "answered", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Peer peer;
    private final long correlationId;
    private volatile boolean answered;
    private @Nullable Failure failure;

    /** The link of {@link ReplyQueue}, which owns it. */
    @Nullable
    Exchange next;

    protected Exchange(Peer peer, long correlationId) {
        this.peer = peer;
        this.correlationId = correlationId;
    }

    final Peer peer() {
        return peer;
    }

    /** Answers with a failure, unless it was answered before. Any thread. */
    public final void fail(Failure reason) {
        if (ANSWERED.compareAndSet(this, false, true)) {
            failure = reason;
            peer.answered(this);
        }
    }

    final void fail(Code code, String message) {
        fail(Failures.of(code, message));
    }

    /** Answers with what {@link #answer} will write, unless it was answered before. Any thread. */
    protected final void answered() {
        if (ANSWERED.compareAndSet(this, false, true)) {
            peer.answered(this);
        }
    }

    /** The response, once answered. Called once, on the peer's event loop. */
    public final Response response(ServerMetrics metrics, long nowNanos) {
        Response.Builder response = Response.newBuilder().setCorrelationId(correlationId);
        Failure reason = failure;
        if (reason == null) {
            answer(response, nowNanos);
        } else {
            response.setFailure(reason);
        }
        if (response.hasFailure()) {
            metrics.failed(response.getFailure().getCode());
        }
        return response.build();
    }

    /** Writes the answer into the response: a body or a failure. */
    protected abstract void answer(Response.Builder response, long nowNanos);
}
