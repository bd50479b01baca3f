package io.quorate.raft.apply;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A log that keeps what is appended until the test says what becomes of it. Thread-safe. */
final class FakeLog implements EntryLog {
    private final List<Appended> appended = new ArrayList<>();

    /** The only term in which it appends; entries of others are lost at once. */
    private long term = 1;

    /** An entry whose fate is open. */
    record Appended(byte[] bytes, Proposal proposal) {
        ByteBuffer buffer() {
            return ByteBuffer.wrap(bytes);
        }
    }

    @Override
    public void append(byte[] entry, long entryTerm, Proposal proposal) {
        synchronized (this) {
            if (entryTerm == term) {
                appended.add(new Appended(entry, proposal));
                return;
            }
        }
        proposal.lost(Loss.NOT_LEADING, "not in this term");
    }

    synchronized void term(long newTerm) {
        term = newTerm;
    }

    synchronized int size() {
        return appended.size();
    }

    /** Takes out the entry at a place, from 0. */
    synchronized Appended take(int place) {
        return appended.remove(place);
    }
}
