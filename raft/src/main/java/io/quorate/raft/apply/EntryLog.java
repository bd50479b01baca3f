package io.quorate.raft.apply;

/** The log below a group, as the batcher sees it; implemented over the Raft library. */
public interface EntryLog {
    /**
     * Appends an entry if this node still leads in {@code term}. Never blocks and never throws.
     *
     * <p>If the entry commits here, the applier gets it together with this very {@code proposal}. If it
     * doesn't, {@code proposal.lost} is called once.
     */
    void append(byte[] entry, long term, Proposal proposal);

    /** An entry that was appended here: what to tell its submitters. */
    interface Proposal {
        /** The entry won't be applied with this proposal. */
        void lost(Loss loss, String reason);
    }

    /** Why an entry is lost; all but the last say that it was never appended and never will be. */
    enum Loss {
        /** This node doesn't lead in the entry's term, or is handing over. */
        NOT_LEADING,
        /** The log has as much to do as it may have. */
        BUSY,
        /** The log is starting or ending here. */
        NOT_READY,
        /** It may be applied all the same. */
        UNKNOWN
    }
}
