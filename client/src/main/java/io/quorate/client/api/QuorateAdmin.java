package io.quorate.client.api;

import io.quorate.core.quota.Limit;
import io.quorate.core.rule.RuleSet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Administration. Calls wait for their answer; failures are {@link QuorateException}s. */
public interface QuorateAdmin {

    /**
     * Replaces a namespace's rules. Returns when every group decides by them: no decision asked for after the
     * return uses older ones.
     */
    AppliedVersion applyRules(RuleSet rules, OptionalLong ifVersion);

    /** Removes all rules of a namespace. */
    AppliedVersion deleteRules(String namespace, OptionalLong ifVersion);

    Optional<NamespaceRules> rules(String namespace);

    List<NamespaceRules> allRules();

    /** A page of live counters, over all groups; {@code cursor} empty at first. */
    KeyPage keys(String namespace, Optional<String> rule, String cursor, int countMax);

    /** Like {@link #keys}, of those alone whose tokens clients hold now; a page may be empty and not the last. */
    KeyPage leasedKeys(String namespace, Optional<String> rule, String cursor, int countMax);

    /**
     * Asks whoever holds tokens of a counter to return those that aren't needed this moment: at once where clients are
     * connected, and for some seconds with every renewal.
     *
     * @return how many connections were told
     */
    int recallLeases(String namespace, String rule, List<String> values);

    /** The counter of a rule for these values; absent in the store means fresh. */
    KeyDetails key(String namespace, String rule, List<String> values);

    /** Makes a counter fresh; whether there was one. */
    boolean resetKey(String namespace, String rule, List<String> values);

    /** Each group as its leader describes it (or, without a leader, as some node does). */
    List<GroupInfo> groups();

    /** A group as each node that answers describes it. */
    List<GroupInfo> group(int group);

    /** Asks a group's leader to hand over to a node, and waits at most {@code timeout} until it leads. */
    void transferLeader(int group, String node, Duration timeout);

    List<NodeInfo> nodes();

    /** The namespace's version after an apply, and whether the apply changed anything. */
    record AppliedVersion(long version, boolean changed) {}

    /** A namespace's rules and the version at which they last changed. */
    record NamespaceRules(long version, RuleSet rules) {}

    /** Some counters, and where the next page begins; an empty cursor says that there is none. */
    record KeyPage(List<KeyDetails> keys, String nextCursor) {}

    /**
     * One counter: where it is, its limit, and its state at a log time; {@code outstanding} tokens are leased.
     *
     * @param leaseHorizon for how long the leader means holders' tokens to last now; zero if it doesn't know
     */
    record KeyDetails(
            String namespace,
            String rule,
            List<String> values,
            int group,
            int slot,
            boolean exists,
            Limit limit,
            long used,
            long remaining,
            Duration resetAfter,
            String state,
            long logTimeMillis,
            long outstanding,
            Duration leaseHorizon,
            List<LeaseInfo> leases) {
        public KeyDetails {
            leases = List.copyOf(leases);
        }
    }

    /**
     * Tokens of a counter that one client holds, as the ledger has it: what was spent since its last report isn't in
     * it.
     *
     * @param client what the client calls itself
     * @param granted since the lease was opened; of those {@code spent} and {@code returned}, and what is
     *     {@code outstanding}
     * @param lastGranted with the last renewal, which made it live for {@code lastValid}
     * @param tokensPerSecond what it last said that it expects to spend; 0 if the leader doesn't know
     */
    record LeaseInfo(
            long sessionId,
            String client,
            long leaseId,
            long granted,
            long spent,
            long returned,
            long outstanding,
            long lastGranted,
            Duration lastValid,
            Duration expiresIn,
            double tokensPerSecond) {}

    /** A group as one node describes it; times in milliseconds, sizes in bytes. */
    record GroupInfo(
            int group,
            String node,
            String role,
            String leader,
            long term,
            long committedIndex,
            long appliedIndex,
            long logTimeMillis,
            long rulesVersion,
            long counters,
            int sessions,
            long digest,
            long memoryBytes,
            long diskBytes,
            List<String> members) {}

    /**
     * A node as listed.
     *
     * @param reachable whether it answered this client now
     * @param leads groups that it leads, as far as known
     */
    record NodeInfo(String id, String clientAddress, String raftAddress, boolean reachable, List<Integer> leads) {}
}
