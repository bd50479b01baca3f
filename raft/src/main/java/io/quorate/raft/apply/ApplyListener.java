package io.quorate.raft.apply;

/** Hears of what a group's applied entries changed for others. Called on the apply thread: must be short. */
public interface ApplyListener {
    /** Hears nothing. */
    ApplyListener NONE = rulesVersion -> {};

    /** The group's rules version is a new one, because an entry was applied or a snapshot restored. */
    void rulesVersionChanged(long rulesVersion);
}
