package io.quorate.raft.apply;

/**
 * How a group's entries get on.
 *
 * @param queuedCommands commands waiting to get into an entry
 * @param unresolvedEntries entries appended here whose fate isn't known yet
 * @param standstillMillis time for which there were unresolved entries and none was applied or lost; 0 if
 *     there are none. Beyond the configured bound the group is stuck
 */
public record GroupProgress(int queuedCommands, int unresolvedEntries, long standstillMillis) {}
