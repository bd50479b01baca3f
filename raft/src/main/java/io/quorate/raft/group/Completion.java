package io.quorate.raft.group;

import io.quorate.core.command.Applied;

/**
 * Gets what came of one submitted command: exactly one call, of one method.
 *
 * <p>Called on the group's apply thread or on the submitter's: must not block, throw or run long. Whoever has
 * work to do hands it on.
 */
public interface Completion {
    void applied(Applied applied);

    void failed(Failure failure);
}
