package io.quorate.chaos.dump;

import io.quorate.core.quota.Limit;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * An entry of a group's log.
 *
 * @param logTimeMillis 0 if it is Raft's own
 * @param digest of the entry's bytes
 * @param state the digest of the group's state behind it, where the dump has one
 * @param limits what the numbers of limits in its charges stand for
 * @param commands empty if it is Raft's own, or the dump is a brief one
 */
public record LoggedEntry(
        int group,
        long index,
        long term,
        long logTimeMillis,
        long rulesVersion,
        long digest,
        OptionalLong state,
        Map<Integer, Limit> limits,
        List<LoggedCommand> commands) {
    public LoggedEntry {
        limits = Map.copyOf(limits);
        commands = List.copyOf(commands);
    }
}
