package io.quorate.chaos.sim;

import io.quorate.client.route.Call;
import io.quorate.client.route.Refusal;
import io.quorate.client.route.Target;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import java.util.function.Consumer;
import java.util.function.Function;

/** A request that no method of the client makes: an administrator's, or one that is wrong on purpose. */
final class Order extends Call {
    private final Function<Order, Request.Builder> message;
    private final Consumer<Response> then;
    private final Runnable otherwise;

    Order(
            Target target,
            long deadlineNanos,
            Function<Order, Request.Builder> message,
            Consumer<Response> then,
            Runnable otherwise) {
        super(target, target instanceof Target.ByNamespace, deadlineNanos);
        this.message = message;
        this.then = then;
        this.otherwise = otherwise;
    }

    @Override
    public Request request(long correlationId) {
        return message.apply(this).setCorrelationId(correlationId).build();
    }

    @Override
    protected boolean accepts(Response response) {
        return true;
    }

    @Override
    protected void answered(Response response) {
        then.accept(response);
    }

    @Override
    protected void failed(Refusal refusal) {
        otherwise.run();
    }
}
