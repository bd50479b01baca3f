package io.quorate.client.route;

import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Rules;

/** Asks for a namespace's rules: the leader of meta, since a follower might not know yet what was put a moment ago. */
abstract class RulesQuestion extends Call {
    private final String namespace;

    RulesQuestion(String namespace, long deadlineNanos) {
        super(new Target.PreferLeader(0), false, deadlineNanos);
        this.namespace = namespace;
    }

    @Override
    public final Request request(long correlationId) {
        return Request.newBuilder()
                .setCorrelationId(correlationId)
                .setGetRules(Rules.Get.newBuilder().setNamespace(namespace))
                .build();
    }

    @Override
    protected final boolean accepts(Response response) {
        return response.hasRules();
    }
}
