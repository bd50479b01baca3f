package io.quorate.chaos.history;

/**
 * What a node said of one of its groups at a time between asking and answer.
 *
 * @param role leader, follower, candidate or error
 * @param digest of the state at {@code appliedIndex}
 */
public record Sighting(
        long askedNanos,
        long answeredNanos,
        String node,
        int group,
        String role,
        long term,
        long committedIndex,
        long appliedIndex,
        long digest,
        long logTimeMillis) {}
