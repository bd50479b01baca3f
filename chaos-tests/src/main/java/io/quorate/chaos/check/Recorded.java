package io.quorate.chaos.check;

import io.quorate.chaos.dump.LoggedEntries;
import io.quorate.chaos.history.HistoryVisitor;
import java.util.List;
import java.util.Map;

/** What there is of a run: its history, and the log of each node. Both can be read again and again. */
public interface Recorded {
    /** Shows the history, from the beginning. */
    void history(HistoryVisitor visitor);

    /** The nodes whose logs there are. */
    List<String> nodes();

    /** A node's logs, from the beginning; to be closed. */
    LoggedEntries log(String node);

    /** By counter: the uses that client processes recorded by themselves, without a history. */
    default Map<String, List<Use>> uses() {
        return Map.of();
    }
}
