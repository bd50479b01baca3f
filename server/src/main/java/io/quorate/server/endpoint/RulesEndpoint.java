package io.quorate.server.endpoint;

import io.quorate.core.command.Command;
import io.quorate.core.quota.Names;
import io.quorate.core.rule.RuleSet;
import io.quorate.protocol.Failures;
import io.quorate.protocol.RuleMessages;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Rules;
import io.quorate.raft.group.ReplicatedGroup;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Puts, tells and fences rules. On the admin queue, except for fences, which only wait. */
final class RulesEndpoint {
    private final Groups groups;
    private final RuleCatalog catalog;
    private final int fenceMillisMax;

    RulesEndpoint(Groups groups, RuleCatalog catalog, int fenceMillisMax) {
        this.groups = groups;
        this.catalog = catalog;
        this.fenceMillisMax = fenceMillisMax;
    }

    void put(Rules.Put request, CommandExchange exchange) {
        ReplicatedGroup meta = groups.meta();
        if (!meta.isLeader()) {
            exchange.fail(Groups.notLeader(meta));
            return;
        }
        if (request.hasIfVersion() && request.getIfVersion() < 0) {
            exchange.fail(
                    Code.INVALID_ARGUMENT,
                    "if_version must be a version that Rules.Get gave, not "
                            + Long.toUnsignedString(request.getIfVersion()));
            return;
        }
        RuleSet rules = RuleMessages.ruleSet(request);
        OptionalLong ifVersion =
                request.hasIfVersion() ? OptionalLong.of(request.getIfVersion()) : OptionalLong.empty();
        exchange.submit(meta, new Command.PutRules(rules, ifVersion));
        meta.flush();
    }

    void get(Rules.Get request, AnswerExchange exchange) {
        if (!isLoaded(exchange)) {
            return;
        }
        NamespaceRules found = catalog.current().namespace(request.getNamespace());
        if (found == null) {
            confirmAbsence(request.getNamespace(), exchange);
            return;
        }
        exchange.answer(response -> response.setRules(RuleMessages.toMessage(found.applied())));
    }

    /**
     * Only who leads meta can say that there are none: another node may not have learned of them yet, or, after a
     * restart, not again.
     */
    private void confirmAbsence(String namespace, AnswerExchange exchange) {
        long known = catalog.version();
        groups.meta()
                .read(
                        (view, nowMillis) -> view.header().rulesVersion(),
                        version -> {
                            if (version > known) {
                                exchange.fail(Failures.retry(
                                        Code.UNAVAILABLE,
                                        "this node has rules of version " + known + ", not yet of " + version,
                                        Refusals.SOON_RETRY_MILLIS));
                            } else {
                                exchange.fail(
                                        Code.NOT_FOUND,
                                        "namespace '" + Names.printable(namespace)
                                                + "' has no rules; apply some with: quorate rules apply FILE");
                            }
                        },
                        failure -> exchange.fail(Refusals.of(groups.meta().id().value(), failure)));
    }

    void list(AnswerExchange exchange) {
        if (!isLoaded(exchange)) {
            return;
        }
        Rules.Namespaces.Builder all = Rules.Namespaces.newBuilder();
        new TreeMap<>(catalog.current().namespaces())
                .values()
                .forEach(rules -> all.addNamespaces(RuleMessages.toMessage(rules.applied())));
        Rules.Namespaces message = all.build();
        exchange.answer(response -> response.setNamespaces(message));
    }

    private boolean isLoaded(Exchange exchange) {
        if (!catalog.isLoaded()) {
            exchange.fail(Failures.retry(
                    Code.UNAVAILABLE, "this node is starting: it has no rules yet", Refusals.SOON_RETRY_MILLIS));
        }
        return catalog.isLoaded();
    }

    /**
     * Fences a group once this node can match by the version: a leader that refused older rules without having
     * the new ones could decide nothing, and a version that doesn't exist would stop the group for good.
     */
    void fence(Rules.Fence request, CommandExchange exchange, ReplicatedGroup group) {
        long version = request.getVersion();
        if (version < 1) {
            exchange.fail(
                    Code.INVALID_ARGUMENT,
                    "version must be one that Rules.Put gave, not " + Long.toUnsignedString(version));
        } else if (!group.isLeader()) {
            exchange.fail(Groups.notLeader(group));
        } else {
            catalog.whenAtLeast(
                    version,
                    fenceMillisMax,
                    () -> {
                        exchange.submit(group, new Command.FenceRules(version));
                        group.flush();
                    },
                    () -> exchange.fail(Failures.retry(
                            Code.UNAVAILABLE,
                            "this node has rules of version " + catalog.version() + " and waited " + fenceMillisMax
                                    + " ms for version " + version,
                            Refusals.FULL_RETRY_MILLIS)));
        }
    }
}
