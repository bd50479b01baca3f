package io.quorate.server.endpoint;

import io.quorate.core.quota.Names;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.NumberedRule;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Done;
import io.quorate.protocol.v1.Leases;
import io.quorate.protocol.v1.Subscribe;
import io.quorate.raft.group.ReplicatedGroup;

/** Recalls leases, and takes subscriptions. */
final class LeasesEndpoint {
    private final Renewing renewing;
    private final Subscriptions subscriptions;
    private final KeysEndpoint keys;

    LeasesEndpoint(Renewing renewing, Subscriptions subscriptions, KeysEndpoint keys) {
        this.renewing = renewing;
        this.subscriptions = subscriptions;
        this.keys = keys;
    }

    /** On the event loop. */
    void subscribe(Subscribe request, Peer peer, long correlationId) {
        AnswerExchange exchange = new AnswerExchange(peer, correlationId);
        try {
            Names.checkName("namespace", request.getNamespace());
        } catch (IllegalArgumentException e) {
            exchange.fail(Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
            return;
        }
        if (subscriptions.add(peer, request.getNamespace(), renewing.catalog())) {
            exchange.answer(response -> response.setDone(Done.newBuilder().setChanged(1)));
        } else {
            exchange.fail(
                    Code.INVALID_ARGUMENT,
                    "a connection subscribes to at most " + Subscriptions.PER_PEER_MAX + " namespaces");
        }
    }

    /**
     * Tells holders to return what they have, now by a push and for some seconds with each renewal.
     *
     * @param nowNanos when it was asked, on the clock of renewals
     */
    void recall(Leases.Recall request, ReplicatedGroup group, AnswerExchange exchange, long nowNanos) {
        QuotaKey key = KeysEndpoint.key(request.getNamespace(), request.getRule(), request.getValuesList());
        if (!keys.isRight(group, key, exchange)) {
            return;
        }
        if (!group.isLeader()) {
            exchange.fail(Groups.notLeader(group));
            return;
        }
        NamespaceRules rules = renewing.catalog().current().namespace(request.getNamespace());
        NumberedRule rule = rules == null ? null : rules.rule(request.getRule());
        if (rule != null && rule.rule().isLimited()) {
            renewing.policy().recall(key, rule.rule().limit(), nowNanos);
        }
        int told = subscriptions.recalled(request.getNamespace(), request.getRule(), request.getValuesList());
        renewing.metrics().leases().recalled(told);
        exchange.answer(response -> response.setDone(Done.newBuilder().setChanged(told)));
    }
}
