package io.quorate.storage.rocks;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * What the stores of one process share: RocksDB's cache of blocks, the bound of its memtables, and the thread
 * that writes back.
 *
 * <p>To be closed after all stores that use it. Thread-safe; owns one daemon thread, {@code store-writer}.
 */
public final class RocksResources implements AutoCloseable {
    /** Four shards: few threads read, and a small cache in many shards would hold little. */
    private static final int SHARD_BITS = 2;

    private final LRUCache blockCache;
    private final WriteBufferManager memtables;
    private final ExecutorService writer;

    /**
     * @param blockCacheBytes blocks of files kept in memory, over all stores; bytes
     * @param memtablesBytes memtables of all stores together at which the largest is put on disk; bytes
     */
    public RocksResources(long blockCacheBytes, long memtablesBytes) {
        RocksDB.loadLibrary();
        blockCache = new LRUCache(blockCacheBytes, SHARD_BITS);
        memtables = new WriteBufferManager(memtablesBytes, blockCache);
        writer = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "store-writer");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** The shipped sizes: 32 MiB of blocks, 64 MiB of memtables. */
    public static RocksResources shipped() {
        return new RocksResources(32L << 20, 64L << 20);
    }

    LRUCache blockCache() {
        return blockCache;
    }

    WriteBufferManager memtables() {
        return memtables;
    }

    ExecutorService writer() {
        return writer;
    }

    @Override
    public void close() {
        writer.shutdown();
        memtables.close();
        blockCache.close();
    }
}
