package io.quorate.cli.logdump;

import io.quorate.core.command.LogEntry;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.machine.Transition;
import io.quorate.storage.memory.MemoryStore;
import java.util.OptionalLong;

/**
 * A group's state made again from its log, in memory, for its digest.
 *
 * <p>That needs the log from the first entry on: what a snapshot holds isn't read.
 */
final class StateReplay {
    private final Machine machine = new Machine(MachineLimits.DEFAULT);
    private final MemoryStore store = new MemoryStore();
    private long next = 1;
    private boolean whole = true;

    /** Goes on by an entry; Raft's own change nothing. */
    void apply(long index, long term, LogEntry entry) {
        reached(index);
        if (whole) {
            Transition transition = machine.apply(store, index, term, entry);
            store.commit(transition.changes());
        }
    }

    /** Notes that the log has this entry. */
    void reached(long index) {
        whole &= index == next || index == next - 1;
        next = index + 1;
    }

    /** The digest of the state after the last entry; empty if an entry before it was missing. */
    OptionalLong digest() {
        return whole ? OptionalLong.of(store.header().digest()) : OptionalLong.empty();
    }
}
