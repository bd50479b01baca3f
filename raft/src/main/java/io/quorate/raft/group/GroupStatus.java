package io.quorate.raft.group;

import io.quorate.core.quota.GroupId;
import java.util.List;
import java.util.Optional;

/**
 * How a group does on this node.
 *
 * @param role {@code leader}, {@code follower}, {@code candidate}, {@code newcomer} (began with nothing: neither votes
 *     nor counts before it has heard from all other members) or {@code error}
 * @param term the current Raft term
 * @param committedIndex the last entry known here to be committed
 * @param leasedTokens tokens of all counters that clients hold
 * @param digest the state's digest at {@code appliedIndex}
 */
public record GroupStatus(
        GroupId group,
        NodeId node,
        String role,
        Optional<NodeId> leader,
        long term,
        long committedIndex,
        long appliedIndex,
        long logTimeMillis,
        long rulesVersion,
        long counters,
        long leasedTokens,
        int sessions,
        long digest,
        long memoryBytes,
        long diskBytes,
        List<NodeId> members) {}
