package io.quorate.raft.jraft;

import io.quorate.raft.apply.GroupProgress;
import java.util.Optional;

/** What the watchdog sees of a group, and can do for it. */
interface Watched {
    /** The group and its node, for messages. */
    String name();

    /** Lets the group do its housekeeping, and gives how its entries get on. */
    GroupProgress tick();

    /** Whether Raft gave the group up. */
    boolean isInErrorState();

    boolean isLeader();

    /** Asks Raft how far it is, without waiting; gives for how long it hasn't answered. */
    long unansweredMillis();

    /** As far as known; so is what is applied. Never waits. */
    long committedIndex();

    /** The last entry applied, Raft's own entries included. */
    long appliedIndex();

    /** Whether the apply thread writes a snapshot now, so that no entry is applied. */
    boolean isSaving();

    /** Whether the apply thread loads a snapshot now, so that no entry is applied. */
    boolean isLoading();

    /**
     * Asks another member that answers to take over; may wait for what is stuck. Gives an error text if there is
     * none or it can't be asked.
     */
    Optional<String> handOver();
}
