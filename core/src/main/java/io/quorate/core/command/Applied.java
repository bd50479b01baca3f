package io.quorate.core.command;

/**
 * Where and how a command was first applied. A repeat of the same request gets the same value.
 *
 * @param index the entry's index in the group's log
 * @param position the command's place in the entry, from 0
 * @param logTimeMillis the log time at which it was decided
 * @param rulesVersion the group's rules version then
 */
public record Applied(long index, int position, long logTimeMillis, long rulesVersion, Outcome outcome) {}
