package io.quorate.raft.apply;

import java.util.Optional;

/**
 * How a group's entries get on.
 *
 * @param queuedCommands commands waiting to get into an entry
 * @param unresolvedEntries entries appended here whose fate isn't known yet
 * @param standstillMillis time for which there were unresolved entries and none was applied or lost, or for
 *     which commands waited and none got into an entry; 0 if nothing waits. Beyond the configured bound the group
 *     is stuck
 * @param failure why the group can take no more commands, ever
 */
public record GroupProgress(
        int queuedCommands, int unresolvedEntries, long standstillMillis, Optional<String> failure) {}
