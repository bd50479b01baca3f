package io.quorate.core.machine;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import java.util.List;

/**
 * A client's session as one group keeps it: when it was last used, the answers to sequences that the client
 * may still repeat, and the grants that it may still refund.
 *
 * <p>Mutable, for the hot path's sake (an answer is added to a ring, not to a copy): owned by the group's
 * store, changed only by the machine while it applies an entry, and never rolled back, since a committed
 * entry can't fail. Not thread-safe; whoever applies or reads holds the group's lock.
 */
public final class Session {
    private final long id;
    private final String clientName;

    public Session(long id, String clientName, long lastUsedMillis) {
        this.id = id;
        this.clientName = clientName;
    }

    /** A session read back from stored bytes; answers and grants ascend by sequence. */
    public static Session restore(
            long id, String clientName, long lastUsedMillis, long base, List<Answer> answers, List<Grant> grants) {
        throw new UnsupportedOperationException();
    }

    public long id() {
        return id;
    }

    public String clientName() {
        return clientName;
    }

    /** Log time of the last command. */
    public long lastUsedMillis() {
        throw new UnsupportedOperationException();
    }

    /** Every sequence below it is forgotten. */
    public long base() {
        throw new UnsupportedOperationException();
    }

    /** The kept answers by ascending sequence, as a copy. */
    public List<Answer> answers() {
        throw new UnsupportedOperationException();
    }

    /** The kept grants by ascending sequence, as a copy. */
    public List<Grant> grants() {
        throw new UnsupportedOperationException();
    }

    /** The first answer to a sequence, and a hash of the payload that it was given for. */
    public record Answer(long sequence, long payloadHash, Applied applied) {}

    /** A granted acquire: what each counter was charged, and how much was given back since. */
    public record Grant(long sequence, long cost, long refunded, long atMillis, List<Charge> charges) {}
}
