package io.quorate.raft.apply;

import io.quorate.core.command.LogEntry;
import io.quorate.core.machine.Transition;

/** Hears of what a group's applied entries changed for others. Called on the apply thread: must be short. */
public interface ApplyListener {
    /** Hears nothing. */
    ApplyListener NONE = rulesVersion -> {};

    /** The group's rules version is a new one, because an entry was applied or a snapshot restored. */
    void rulesVersionChanged(long rulesVersion);

    /** An entry was applied, before anybody is told what came of it: for checkers. */
    default void applied(long index, LogEntry entry, Transition transition) {}
}
