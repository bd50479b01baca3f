package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.util.ThreadPoolsFactory;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which JRaft runs a group's callbacks, with a queue.
 *
 * <p>JRaft's own pool has none: once its threads are all busy it throws, a replicator's waiter is lost by it, and
 * the group replicates no more while its heartbeats go on (sofa-jraft #1271). A pool is registered per group in
 * JRaft's process-wide registry and stays there, since JRaft can't unregister; so this is process-wide too.
 */
final class ClosurePools {
    /** Shutting a group down keeps one thread waiting for tasks behind it; several nodes may be in one process. */
    private static final int THREADS_MAX = 8;

    private static final int QUEUED_MAX = 65_536;
    private static final long IDLE_SECONDS = 10;
    private static final Set<String> REGISTERED = ConcurrentHashMap.newKeySet();

    private ClosurePools() {}

    /** Sees to it that the group of this name has its pool. */
    static void register(String groupName) {
        if (REGISTERED.add(groupName)) {
            ThreadPoolsFactory.registerThreadPool(groupName, pool(groupName));
        }
    }

    private static ThreadPoolExecutor pool(String groupName) {
        AtomicInteger threads = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                THREADS_MAX,
                THREADS_MAX,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(QUEUED_MAX),
                task -> {
                    Thread thread = new Thread(task, "quorate-raft-" + groupName + "-" + threads.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
