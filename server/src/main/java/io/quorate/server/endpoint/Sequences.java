package io.quorate.server.endpoint;

import org.jspecify.annotations.Nullable;

/** Checks the numbers by which a session tells its requests apart. */
final class Sequences {
    private Sequences() {}

    /** What is wrong with them, or null. */
    static @Nullable String wrong(long sessionId, long sequence, long ackedBelow) {
        if (sessionId < 1) {
            return "session_id must be the id of an open session, not " + Long.toUnsignedString(sessionId);
        }
        if (sequence < 1) {
            return "sequence must be 1 or more (and below 2^63), not " + Long.toUnsignedString(sequence);
        }
        if (ackedBelow < 0 || ackedBelow > sequence) {
            return "acked_below must be at most the sequence " + sequence + ", not "
                    + Long.toUnsignedString(ackedBelow);
        }
        return null;
    }
}
