package io.quorate.cli.command;

import io.quorate.cli.text.Table;
import io.quorate.client.api.QuorateAdmin.GroupInfo;
import java.util.List;
import java.util.Map;

/** How groups are shown. */
final class Groups {
    private Groups() {}

    static Map<String, Object> json(GroupInfo group) {
        return CommandContext.object(
                "group", group.group(),
                "node", group.node(),
                "role", group.role(),
                "leader", group.leader(),
                "term", group.term(),
                "committed_index", group.committedIndex(),
                "applied_index", group.appliedIndex(),
                "log_time_ms", group.logTimeMillis(),
                "rules_version", group.rulesVersion(),
                "counters", group.counters(),
                "sessions", group.sessions(),
                "digest", String.format("%016x", group.digest()),
                "memory_bytes", group.memoryBytes(),
                "disk_bytes", group.diskBytes(),
                "members", group.members());
    }

    static Table table(List<GroupInfo> groups) {
        Table table = Table.of(
                        "group",
                        "node",
                        "role",
                        "leader",
                        "term",
                        "committed",
                        "applied",
                        "rules",
                        "counters",
                        "sessions",
                        "memory",
                        "disk",
                        "digest")
                .right(0, 4, 5, 6, 7, 8, 9, 10, 11);
        for (GroupInfo group : groups) {
            table.row(
                    group.group(),
                    group.node(),
                    group.role(),
                    group.leader().isEmpty() ? "-" : group.leader(),
                    group.term(),
                    group.committedIndex(),
                    group.appliedIndex(),
                    group.rulesVersion(),
                    group.counters(),
                    group.sessions(),
                    size(group.memoryBytes()),
                    size(group.diskBytes()),
                    String.format("%016x", group.digest()));
        }
        return table;
    }

    private static String size(long bytes) {
        return bytes < 10 << 10 ? bytes + " B" : bytes < 10 << 20 ? (bytes >> 10) + " KiB" : (bytes >> 20) + " MiB";
    }
}
