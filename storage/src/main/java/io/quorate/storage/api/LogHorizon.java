package io.quorate.storage.api;

/**
 * How far the log behind a store is durable. A store asks before it writes back: a state that is ahead of its own
 * log after a crash can't be told from one whose log was lost.
 */
@FunctionalInterface
public interface LogHorizon {
    /** Of a store without a log that could be behind. */
    LogHorizon NONE = index -> {};

    /**
     * Returns when all entries up to this one are durable in the log here, at once as a rule. Throws {@link
     * StoreException} if that takes too long or won't be any more.
     */
    void await(long index);
}
