package io.quorate.raft.apply;

/** The log below a group, as the batcher sees it; implemented over the Raft library. */
public interface EntryLog {
    /**
     * Appends an entry if this node still leads in {@code term}. Never blocks and never throws.
     *
     * <p>If the entry commits here, the applier gets it together with this very {@code proposal}. If it
     * doesn't, {@code proposal.lost} is called once: definitely not appended, or unknown.
     */
    void append(byte[] entry, long term, Proposal proposal);

    /** An entry that was appended here: what to tell its submitters. */
    interface Proposal {
        /** The entry won't be applied with this proposal. {@code unknown}: it may be applied all the same. */
        void lost(boolean unknown, String reason);
    }
}
