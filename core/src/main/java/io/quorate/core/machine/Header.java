package io.quorate.core.machine;

/**
 * The part of a group's state that every entry changes.
 *
 * @param appliedIndex the last entry applied; entries at or below it are skipped
 * @param appliedTerm that entry's term
 * @param logTimeMillis the largest log time applied
 * @param rulesVersion data groups: the newest fence; meta: the newest rules
 * @param nextSessionId the next session gets this id
 * @param nextLimitId meta: the next new limit gets this number
 * @param sweepCursor hash-free place of the sweep: keys above it are next; empty at the start
 * @param limitSweep limits that the sweep is after: which it didn't yet see in use
 * @param counters live counters
 * @param leasedTokens tokens of all counters that clients hold; for measuring: nothing is decided by it
 * @param digest sum (mod 2^64) of a hash of every row; equal on all replicas at equal applied index
 */
@SuppressWarnings("ArrayRecordComponent") // headers aren't compared, and nobody writes to the cursor
public record Header(
        long appliedIndex,
        long appliedTerm,
        long logTimeMillis,
        long rulesVersion,
        long nextSessionId,
        int nextLimitId,
        byte[] sweepCursor,
        LimitSweep limitSweep,
        long counters,
        long leasedTokens,
        long digest) {
    public static final Header EMPTY = new Header(0, 0, 0, 0, 1, 1, new byte[0], LimitSweep.EMPTY, 0, 0, 0);
}
