package io.quorate.server.endpoint;

import com.google.protobuf.ByteString;
import io.quorate.core.command.Command;
import io.quorate.core.machine.CounterRow;
import io.quorate.core.machine.StateView;
import io.quorate.core.machine.StateView.CounterEntry;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.Ledger;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.Names;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.quota.Slots;
import io.quorate.core.rule.NumberedRule;
import io.quorate.protocol.Failures;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Keys;
import io.quorate.protocol.v1.Leases;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.server.lease.LeasePolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lists, inspects and resets counters. On the admin queue. */
final class KeysEndpoint {
    private final Groups groups;
    private final RuleCatalog catalog;
    private final LeasePolicy policy;
    private final int pageKeysMax;

    KeysEndpoint(Renewing renewing, int pageKeysMax) {
        this.groups = renewing.groups();
        this.catalog = renewing.catalog();
        this.policy = renewing.policy();
        this.pageKeysMax = pageKeysMax;
    }

    void list(Keys.List request, ReplicatedGroup group, AnswerExchange exchange) {
        Names.checkName("namespace", request.getNamespace());
        if (!request.getRule().isEmpty()) {
            Names.checkName("rule", request.getRule());
        }
        byte[] prefix = request.getRule().isEmpty()
                ? QuotaKey.prefix(request.getNamespace())
                : QuotaKey.prefix(request.getNamespace(), request.getRule());
        byte[] cursor = request.getCursor().toByteArray();
        if (cursor.length > QuotaKey.BYTES_MAX || (cursor.length > 0 && !startsWith(cursor, prefix))) {
            throw new IllegalArgumentException("cursor must be empty or the last page's next_cursor");
        }
        if (!group.isLeader()) {
            exchange.fail(Groups.notLeader(group));
            return;
        }
        int countMax = request.getCountMax() <= 0 ? pageKeysMax : Math.min(request.getCountMax(), pageKeysMax);
        Page page = group.readLocal((view, nowMillis) -> page(view, nowMillis, request, prefix, cursor, countMax));
        Keys.Page.Builder message = Keys.Page.newBuilder();
        for (Row row : page.rows) {
            Keys.Details key = details(group, row, page.nowMillis);
            if (!request.getLeasedOnly() || key.getOutstanding() > 0) {
                message.addKeys(key);
            }
        }
        if (page.more) {
            message.setNextCursor(
                    ByteString.copyFrom(page.rows.get(page.rows.size() - 1).key.bytes()));
        }
        Keys.Page built = message.build();
        exchange.answer(response -> response.setKeys(built));
    }

    private static Page page(
            StateView view, long nowMillis, Keys.List request, byte[] prefix, byte[] cursor, int countMax) {
        List<Row> rows = new ArrayList<>();
        if (cursor.length == 0 && !request.getRule().isEmpty()) {
            // A rule's only counter, if it has but one, has the prefix itself for its key: not above it.
            QuotaKey single = QuotaKey.ofBytes(prefix);
            CounterRow row = view.counter(single);
            if (!row.isFresh()) {
                rows.add(Row.of(view, single, row));
            }
        }
        byte[] from = cursor.length == 0 ? prefix : cursor;
        for (CounterEntry entry : view.countersAfter(from, countMax + 1)) {
            if (!startsWith(entry.key().bytes(), prefix)) {
                break;
            }
            if (rows.size() == countMax) {
                return new Page(rows, true, nowMillis);
            }
            rows.add(Row.of(view, entry.key(), entry.row()));
        }
        return new Page(rows, false, nowMillis);
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    void inspect(Keys.Inspect request, ReplicatedGroup group, AnswerExchange exchange) {
        QuotaKey key = key(request.getNamespace(), request.getRule(), request.getValuesList());
        if (!isRight(group, key, exchange)) {
            return;
        }
        group.read(
                (view, nowMillis) -> new Page(List.of(Row.of(view, key, view.counter(key))), false, nowMillis),
                page -> exchange.answer(response -> response.setKey(details(group, page.rows.get(0), page.nowMillis))),
                failure -> exchange.fail(Refusals.of(group.id().value(), failure)));
    }

    void reset(Keys.Reset request, ReplicatedGroup group, CommandExchange exchange) {
        QuotaKey key = key(request.getNamespace(), request.getRule(), request.getValuesList());
        if (!isRight(group, key, exchange)) {
            return;
        }
        exchange.submit(group, new Command.Reset(key));
        group.flush();
    }

    /** The key of these words; throws what is wrong with them. */
    static QuotaKey key(String namespace, String rule, List<String> values) {
        Names.checkName("namespace", namespace);
        Names.checkName("rule", rule);
        if (values.size() > QuotaKey.VALUES_MAX) {
            throw new IllegalArgumentException(
                    "a key has at most " + QuotaKey.VALUES_MAX + " values, not " + values.size());
        }
        for (String value : values) {
            Names.checkValue("value", value);
        }
        return QuotaKey.of(namespace, rule, List.copyOf(values));
    }

    /** Whether the key is one of a rule here and in this group; answers the exchange if it isn't. */
    boolean isRight(ReplicatedGroup group, QuotaKey key, Exchange exchange) {
        NamespaceRules rules = catalog.current().namespace(key.namespace());
        NumberedRule rule = rules == null ? null : rules.rule(key.ruleId());
        if (rules == null || rule == null) {
            exchange.fail(
                    Code.NOT_FOUND,
                    rules == null
                            ? "namespace '" + key.namespace() + "' has no rules"
                            : "namespace '" + key.namespace() + "' has no rule '" + key.ruleId() + "'");
            return false;
        }
        List<String> counted = NamespaceRules.countedNames(rule);
        if (counted.size() != key.values().size()) {
            exchange.fail(
                    Code.INVALID_ARGUMENT,
                    "rule '" + key.ruleId() + "' counts by "
                            + (counted.isEmpty() ? "nothing: it has one counter" : String.join(", ", counted))
                            + "; so " + counted.size() + " values are needed, not "
                            + key.values().size());
            return false;
        }
        int owner = groups.groupOfSlot(slot(rules, rule, key));
        if (owner != group.id().value()) {
            exchange.fail(Failures.of(
                    Code.STALE_TOPOLOGY,
                    "this counter is in group " + owner + ", not " + group.id().value()));
            return false;
        }
        return true;
    }

    private static int slot(NamespaceRules rules, NumberedRule rule, QuotaKey key) {
        Optional<String> colocate = rules.applied().colocate();
        if (colocate.isEmpty()) {
            return Slots.of(key.namespace());
        }
        int at = NamespaceRules.countedNames(rule).indexOf(colocate.get());
        return Slots.of(key.namespace(), key.values().get(at));
    }

    private Keys.Details details(ReplicatedGroup group, Row row, long nowMillis) {
        NamespaceRules rules = catalog.current().namespace(row.key.namespace());
        NumberedRule rule = rules == null ? null : rules.rule(row.key.ruleId());
        Keys.Details.Builder message = Keys.Details.newBuilder()
                .setNamespace(row.key.namespace())
                .setRule(row.key.ruleId())
                .addAllValues(row.key.values())
                .setGroup(group.id().value())
                .setExists(!row.counter.isFresh())
                .setLogTimeMillis(nowMillis);
        if (rules != null
                && rule != null
                && NamespaceRules.countedNames(rule).size() == row.key.values().size()) {
            message.setSlot(slot(rules, rule, row.key));
        } else {
            message.setSlot(Slots.of(row.key.namespace()));
        }
        Limit current = rule == null ? row.limit : rule.rule().limitIfAny().orElse(row.limit);
        if (current != null) {
            for (Ledger.Lease lease :
                    CounterDescription.write(message, row.counter.state(), row.limit, current, nowMillis)) {
                message.addLeases(lease(row, lease, nowMillis));
            }
            message.setHorizonMillis(policy.horizonMillis(row.key));
        }
        return message.build();
    }

    private Leases.Lease lease(Row row, Ledger.Lease lease, long nowMillis) {
        return Leases.Lease.newBuilder()
                .setSessionId(lease.sessionId())
                .setClientName(row.clientNames.getOrDefault(lease.sessionId(), ""))
                .setLeaseId(lease.leaseId())
                .setGranted(lease.granted())
                .setSpent(lease.spent())
                .setReturned(lease.returned())
                .setOutstanding(lease.outstanding())
                .setExpiresInMillis(Math.max(0, lease.expiresAtMillis() - nowMillis))
                .setMilliRate(policy.milliRate(row.key, lease.sessionId()))
                .setLastGranted(lease.lastGranted())
                .setLastValidMillis(lease.lastValidMillis())
                .build();
    }

    /**
     * A counter as read; {@code limit} is the one it was last charged under, absent if it is fresh.
     *
     * @param clientNames by session, of those that hold tokens
     */
    private record Row(
            QuotaKey key, CounterRow counter, @Nullable Limit limit, Map<Long, String> clientNames) {
        static Row of(StateView view, QuotaKey key, CounterRow row) {
            Map<Long, String> names = new HashMap<>();
            if (row.state() instanceof CounterState.Leased leased) {
                for (Ledger.Lease lease : leased.ledger().leases()) {
                    view.session(lease.sessionId())
                            .ifPresent(session -> names.put(lease.sessionId(), session.clientName()));
                }
            }
            return new Row(
                    key, row, row.isFresh() ? null : view.limit(row.limitId()).orElse(null), names);
        }
    }

    private record Page(List<Row> rows, boolean more, long nowMillis) {}
}
