package io.quorate.client.lease;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The pockets that the loop should look at: raised by any thread, taken by the loop; each stands in it once. */
final class Attention {
    private final AtomicReference<@Nullable Pocket> head = new AtomicReference<>();
    private final Runnable wake;

    /** Nothing yet; {@code wake} tells the loop, on the raising thread, that there is something. */
    Attention(Runnable wake) {
        this.wake = wake;
    }

    void raise(Pocket pocket) {
        if (!pocket.markRaised()) {
            return;
        }
        Pocket before;
        do {
            before = head.get();
            pocket.raisedBefore = before;
        } while (!head.compareAndSet(before, pocket));
        if (before == null) {
            wake.run();
        }
    }

    /** All that were raised, the last first, chained by {@link Pocket#raisedBefore}; null if none. */
    @Nullable
    Pocket takeAll() {
        return head.get() == null ? null : head.getAndSet(null);
    }
}
