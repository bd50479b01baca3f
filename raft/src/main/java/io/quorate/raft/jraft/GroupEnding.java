package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.core.NodeImpl;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How groups end: Raft first, so that no further entry is applied, then the core with its store. */
final class GroupEnding {
    private static final long WAIT_SECONDS = 10;
    private static final Logger LOG = LoggerFactory.getLogger(GroupEnding.class);

    private GroupEnding() {}

    /** Ends all, at the same time as far as Raft is concerned. */
    static void endAll(List<JRaftGroup> groups) {
        CountDownLatch down = new CountDownLatch(groups.size());
        for (JRaftGroup group : groups) {
            group.node().shutdown(status -> down.countDown());
        }
        await(down);
        for (JRaftGroup group : groups) {
            try {
                group.core().close();
            } catch (RuntimeException e) {
                // The log has all that the store couldn't write; the next start replays it.
                LOG.error("Group {} wasn't closed well", group.id(), e);
            }
        }
    }

    /** Ends a Raft that failed to start. */
    static void end(NodeImpl node) {
        node.shutdown();
        try {
            node.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(CountDownLatch down) {
        try {
            if (!down.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{} groups didn't end within {} s", down.getCount(), WAIT_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
