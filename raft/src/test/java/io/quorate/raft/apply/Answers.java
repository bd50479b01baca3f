package io.quorate.raft.apply;

import io.quorate.core.command.Applied;
import io.quorate.raft.group.Completion;
import io.quorate.raft.group.Failure;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Keeps what one submission was told, and how often. */
final class Answers implements Completion {
    private final AtomicInteger count = new AtomicInteger();
    private volatile @Nullable Applied applied;
    private volatile @Nullable Failure failure;

    @Override
    public void applied(Applied value) {
        applied = value;
        count.incrementAndGet();
    }

    @Override
    public void failed(Failure value) {
        failure = value;
        count.incrementAndGet();
    }

    int count() {
        return count.get();
    }

    @Nullable
    Applied applied() {
        return applied;
    }

    @Nullable
    Failure failure() {
        return failure;
    }
}
