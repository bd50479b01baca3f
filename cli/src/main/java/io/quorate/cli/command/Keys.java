package io.quorate.cli.command;

import io.quorate.cli.text.DurationText;
import io.quorate.cli.text.Table;
import io.quorate.client.api.QuorateAdmin.KeyDetails;
import io.quorate.client.api.QuorateAdmin.LeaseInfo;
import io.quorate.core.quota.Limit;
import java.util.Map;

/** How counters are shown. */
final class Keys {
    private Keys() {}

    static Map<String, Object> json(KeyDetails key) {
        return CommandContext.object(
                "namespace", key.namespace(),
                "rule", key.rule(),
                "values", key.values(),
                "group", key.group(),
                "slot", key.slot(),
                "exists", key.exists(),
                "limit", RulesGetCommand.limit(key.limit()),
                "used", key.used(),
                "remaining", key.remaining(),
                "reset_after_ms", key.resetAfter().toMillis(),
                "state", key.state(),
                "log_time_ms", key.logTimeMillis(),
                "outstanding", key.outstanding(),
                "lease_horizon_ms", key.leaseHorizon().toMillis(),
                "leases", key.leases().stream().map(Keys::json).toList());
    }

    static Map<String, Object> json(LeaseInfo lease) {
        return CommandContext.object(
                "session", lease.sessionId(),
                "client", lease.client(),
                "lease", lease.leaseId(),
                "granted", lease.granted(),
                "spent", lease.spent(),
                "returned", lease.returned(),
                "outstanding", lease.outstanding(),
                "last_granted", lease.lastGranted(),
                "last_valid_ms", lease.lastValid().toMillis(),
                "expires_in_ms", lease.expiresIn().toMillis(),
                "tokens_per_second", lease.tokensPerSecond());
    }

    /** Who holds a counter's tokens. */
    static Table leases(KeyDetails key) {
        Table table = Table.of(
                        "client",
                        "session",
                        "lease",
                        "granted",
                        "outstanding",
                        "spent",
                        "returned",
                        "last grant",
                        "per second",
                        "expires in")
                .right(1, 2, 3, 4, 5, 6, 7, 8, 9);
        for (LeaseInfo lease : key.leases()) {
            table.row(
                    lease.client().isEmpty() ? "-" : lease.client(),
                    lease.sessionId(),
                    lease.leaseId(),
                    lease.granted(),
                    lease.outstanding(),
                    lease.spent(),
                    lease.returned(),
                    lease.lastGranted(),
                    lease.tokensPerSecond() == 0 ? "-" : Long.toString(Math.round(lease.tokensPerSecond())),
                    DurationText.format(lease.expiresIn().toMillis()));
        }
        return table;
    }

    static Table list() {
        return Table.of("rule", "values", "used", "remaining", "reset after", "group")
                .right(2, 3, 4, 5);
    }

    static void add(Table list, KeyDetails key) {
        list.row(
                key.rule(),
                values(key),
                key.used(),
                key.remaining(),
                DurationText.format(key.resetAfter().toMillis()),
                key.group());
    }

    static void addLease(Table table, KeyDetails key, LeaseInfo lease) {
        table.row(
                key.rule(),
                values(key),
                lease.client().isEmpty() ? "session " + lease.sessionId() : lease.client(),
                lease.outstanding(),
                lease.tokensPerSecond() == 0 ? "-" : Long.toString(Math.round(lease.tokensPerSecond())),
                DurationText.format(lease.expiresIn().toMillis()),
                key.remaining());
    }

    static Table details(KeyDetails key) {
        Table table = Table.of("key", key.namespace() + "/" + key.rule() + "/" + values(key));
        table.row("limit", limit(key.limit()));
        table.row("used", key.used());
        table.row("remaining", key.remaining());
        table.row("leased", key.outstanding() + " tokens to " + key.leases().size() + " clients");
        if (!key.leaseHorizon().isZero()) {
            table.row("lease horizon", DurationText.format(key.leaseHorizon().toMillis()));
        }
        table.row("reset after", DurationText.format(key.resetAfter().toMillis()));
        table.row("state", key.exists() ? key.state() : "fresh (nothing is stored)");
        table.row("place", "slot " + key.slot() + ", group " + key.group());
        table.row("log time", key.logTimeMillis() + " ms");
        return table;
    }

    static String limit(Limit limit) {
        String burst = limit.burst() == limit.amount() ? "" : ", burst " + limit.burst();
        return limit.algorithm().label() + " " + limit.amount() + " per " + DurationText.format(limit.periodMillis())
                + burst;
    }

    private static String values(KeyDetails key) {
        return key.values().isEmpty() ? "-" : String.join(",", key.values());
    }
}
