package io.quorate.raft.apply;

import io.quorate.core.command.LogEntry;

/**
 * Bounds of a group's batcher.
 *
 * @param commandsMax commands in one entry; 1 to {@link LogEntry#COMMANDS_MAX}
 * @param bytesMax an entry that has so many bytes takes no further command; bytes
 * @param entriesInFlightMax entries being replicated at once; count
 * @param queuedCommandsMax commands waiting to get into an entry; more are refused as overload; count
 */
public record BatchLimits(int commandsMax, int bytesMax, int entriesInFlightMax, int queuedCommandsMax) {
    public BatchLimits {
        check("commandsMax", commandsMax, LogEntry.COMMANDS_MAX);
        check("bytesMax", bytesMax, 16 << 20);
        check("entriesInFlightMax", entriesInFlightMax, 1024);
        check("queuedCommandsMax", queuedCommandsMax, 1 << 24);
    }

    private static void check(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + " must be 1 to " + max + ", not " + value);
        }
    }
}
