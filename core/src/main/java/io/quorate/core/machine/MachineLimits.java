package io.quorate.core.machine;

/**
 * Bounds of one group's state. They are part of what every replica computes, so they are constants of the
 * state's version and not settings of a node.
 *
 * @param sessionsMax sessions open at once; count
 * @param sessionTtlMillis log time after its last command at which a session expires; milliseconds
 * @param windowMax sequences that a session may have unanswered at once, and grants with permits that it may
 *     hold at once; count
 * @param answerSpanMax the same of all sessions together, from the oldest unanswered one of each to its latest; count
 * @param chargesKeptMax granted acquires without permits that a session can still refund; count
 * @param chargeKeptMillis log time for which a grant can be refunded; milliseconds
 * @param countersMax live counters; count
 * @param idleLimitsMax limits that no counter uses, and that one pass of the sweep looks for; count
 * @param namespacesMax namespaces that have or had rules; count
 * @param rulesMax rules of all namespaces together; count
 * @param leasesPerCounterMax sessions that may hold a lease of one counter at once; count
 * @param leaseTtlMillisMax the longest that a lease may be asked to last; milliseconds
 */
public record MachineLimits(
        int sessionsMax,
        long sessionTtlMillis,
        int windowMax,
        long answerSpanMax,
        int chargesKeptMax,
        long chargeKeptMillis,
        long countersMax,
        int idleLimitsMax,
        int namespacesMax,
        int rulesMax,
        int leasesPerCounterMax,
        long leaseTtlMillisMax) {
    public static final MachineLimits DEFAULT = new MachineLimits(
            10_000, 60_000, 4096, 262_144, 256, 60_000, 50_000_000, 4096, 10_000, 500_000, 4096, 60_000);
}
