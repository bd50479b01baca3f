package io.quorate.client.net;

import io.quorate.client.route.Call;
import io.quorate.client.route.Refusal;
import io.quorate.client.route.Target;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;

/** A call that asks for nothing. */
final class BlankCall extends Call {
    BlankCall() {
        super(new Target.Leader(0), false, 0);
    }

    @Override
    public Request request(long correlationId) {
        return Request.newBuilder().setCorrelationId(correlationId).build();
    }

    @Override
    protected boolean accepts(Response response) {
        return true;
    }

    @Override
    protected void answered(Response response) {
        throw new IllegalStateException("nobody answers it");
    }

    @Override
    protected void failed(Refusal refusal) {
        throw new IllegalStateException("nobody refuses it");
    }
}
