package io.quorate.raft.group;

import io.quorate.core.lease.LeaseFlow;

/**
 * What a group did on this node since it started, each a count that only grows, and what waits in it now.
 *
 * @param entriesProposed entries appended to the log here
 * @param commandsProposed commands in them; over the entries it is the mean size of a batch
 * @param bytesProposed bytes of them
 * @param entriesApplied entries applied, of whichever leader
 * @param commandsApplied commands applied, of whichever leader
 * @param applyNanos time spent in decoding, deciding and committing entries; nanoseconds
 * @param commandsOverloaded commands refused because the queue was full
 * @param leases where leased tokens went, by entries appended here
 * @param queuedCommands commands that wait to get into an entry now
 * @param entriesInFlight entries appended here and not yet committed now
 */
public record GroupLoad(
        long entriesProposed,
        long commandsProposed,
        long bytesProposed,
        long entriesApplied,
        long commandsApplied,
        long applyNanos,
        long commandsOverloaded,
        LeaseFlow leases,
        int queuedCommands,
        int entriesInFlight) {}
