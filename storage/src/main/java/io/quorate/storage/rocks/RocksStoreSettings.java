package io.quorate.storage.rocks;

import java.util.function.LongSupplier;

/**
 * How much one group's store may hold in memory, and when it writes back.
 *
 * @param cacheBytes memory for counters before RocksDB; changed counters may exceed it until they are written
 *     back; bytes
 * @param dirtyRowsMax changed counters at which they are written back; count
 * @param dirtyBytesMax bytes of changed counters at which they are written back; bytes
 * @param flushNanosMax time after which changes are written back and put on disk; bounds how much of the Raft
 *     log a restart applies again; nanoseconds
 * @param memtableBytes RocksDB's buffer of rows that aren't in a file yet; bytes
 * @param memtablesMax how many of them there may be, the one being filled included; count
 * @param openFilesMax files that RocksDB keeps open; count
 * @param nanos a monotonic clock, read once per commit; only its differences matter
 */
public record RocksStoreSettings(
        long cacheBytes,
        int dirtyRowsMax,
        long dirtyBytesMax,
        long flushNanosMax,
        long memtableBytes,
        int memtablesMax,
        int openFilesMax,
        LongSupplier nanos) {
    private static final long CACHE_BYTES_MIN = 64 * 1024;

    public RocksStoreSettings {
        if (cacheBytes < CACHE_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "cacheBytes must be at least " + CACHE_BYTES_MIN + ", not " + cacheBytes);
        }
        if (dirtyRowsMax < 1 || dirtyBytesMax < 1 || flushNanosMax < 1) {
            throw new IllegalArgumentException("dirtyRowsMax, dirtyBytesMax and flushNanosMax must be at least 1");
        }
        if (memtableBytes < CACHE_BYTES_MIN || memtablesMax < 2) {
            throw new IllegalArgumentException(
                    "memtableBytes must be at least " + CACHE_BYTES_MIN + " and memtablesMax at least 2");
        }
        if (openFilesMax < 20) {
            throw new IllegalArgumentException("openFilesMax must be at least 20, not " + openFilesMax);
        }
    }

    /**
     * The shipped settings: a cache of 16 MiB (some 200,000 counters), written back at 16,384 changed counters
     * or 4 MiB of them, on disk every 5 s; two memtables of 8 MiB; 256 files.
     */
    public static RocksStoreSettings shipped(LongSupplier nanos) {
        return new RocksStoreSettings(16L << 20, 16_384, 4L << 20, 5_000_000_000L, 8L << 20, 2, 256, nanos);
    }

    public RocksStoreSettings withCacheBytes(long newCacheBytes) {
        return new RocksStoreSettings(
                newCacheBytes,
                dirtyRowsMax,
                dirtyBytesMax,
                flushNanosMax,
                memtableBytes,
                memtablesMax,
                openFilesMax,
                nanos);
    }

    public RocksStoreSettings withDirtyRowsMax(int newDirtyRowsMax) {
        return new RocksStoreSettings(
                cacheBytes,
                newDirtyRowsMax,
                dirtyBytesMax,
                flushNanosMax,
                memtableBytes,
                memtablesMax,
                openFilesMax,
                nanos);
    }

    public RocksStoreSettings withFlushNanosMax(long newFlushNanosMax) {
        return new RocksStoreSettings(
                cacheBytes,
                dirtyRowsMax,
                dirtyBytesMax,
                newFlushNanosMax,
                memtableBytes,
                memtablesMax,
                openFilesMax,
                nanos);
    }
}
