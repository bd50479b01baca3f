package io.quorate.chaos.dump;

import org.jspecify.annotations.Nullable;

/** A node's logs, entry by entry: group after group, and each in the order of its indexes, which may have gaps. */
public interface LoggedEntries extends AutoCloseable {
    /** The next entry; null behind the last. */
    @Nullable
    LoggedEntry next();

    @Override
    void close();
}
