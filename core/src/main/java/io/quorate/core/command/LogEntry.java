package io.quorate.core.command;

import java.util.List;

/**
 * One entry of a group's log: commands that are applied in order at one log time.
 *
 * @param logTimeMillis stamped by the leader; the machine applies max(its last log time, this)
 * @param rulesVersion the rules by which the commands were matched: the oldest among them
 * @param limits the terms of every limit number that the commands use
 */
public record LogEntry(long logTimeMillis, long rulesVersion, List<LimitDefinition> limits, List<Command> commands) {
    /** Most commands in one entry. */
    public static final int COMMANDS_MAX = 512;
    /** The last log time with which the meters can reckon; in the year 4199. */
    public static final long LOG_TIME_MILLIS_MAX = 1L << 46;

    public LogEntry {
        limits = List.copyOf(limits);
        commands = List.copyOf(commands);
    }
}
