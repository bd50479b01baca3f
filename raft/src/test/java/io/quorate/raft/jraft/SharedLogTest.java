package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.quota.GroupId;
import io.quorate.raft.jraft.SharedLog.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;
import org.rocksdb.WriteBatch;

final class SharedLogTest {
    private static final int WRITERS = 8;
    private static final int WRITES_EACH = 300;

    @TempDir
    Path directory;

    /** The reason for one log: writers that wait at the same time share a sync. */
    @Test
    void writersThatWaitTogetherShareOneSync() throws Exception {
        try (Statistics statistics = new Statistics();
                SharedLog log = SharedLog.open(directory, true, statistics)) {
            long before = statistics.getTickerCount(TickerType.WAL_FILE_SYNCED);
            ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
            CyclicBarrier start = new CyclicBarrier(WRITERS);
            List<Future<?>> ends = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                GroupId group = new GroupId(writer);
                ends.add(writers.submit(() -> {
                    start.await();
                    for (int index = 1; index <= WRITES_EACH; index++) {
                        put(log, group, index, new byte[1000]);
                    }
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
            writers.shutdown();
            long syncs = statistics.getTickerCount(TickerType.WAL_FILE_SYNCED) - before;
            System.out.printf("%d writes by %d writers took %d syncs%n", WRITERS * WRITES_EACH, WRITERS, syncs);
            // With all writers waiting, two groups take turns: one is being synced, one gathers. Half of that is
            // asked for, since a machine with other work may run the writers one after the other for a while.
            assertThat(syncs).isBetween(1L, WRITERS * WRITES_EACH / 2L);
        }
    }

    @Test
    void givesBackTheSpaceOfWhatWasDeleted() throws Exception {
        GroupId group = new GroupId(1);
        int last = 3_000;
        try (SharedLog log = SharedLog.open(directory, false, null)) {
            for (int index = 1; index <= last; index++) {
                put(log, group, index, new byte[20_000]);
            }
            assertThat(bytes()).isGreaterThan(40L << 20);
            try (WriteBatch batch = new WriteBatch()) {
                batch.deleteRange(SharedLog.key(Kind.ENTRY, group, 0), SharedLog.key(Kind.ENTRY, group, last));
                log.write(batch);
            }
            log.reclaim(Kind.ENTRY, group, last);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(bytes()).isLessThan(30L << 20));
            assertThat(log.get(SharedLog.key(Kind.ENTRY, group, last))).hasSize(20_000);
        }
    }

    private static void put(SharedLog log, GroupId group, long index, byte[] value) throws Exception {
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(SharedLog.key(Kind.ENTRY, group, index), value);
            log.write(batch);
        }
    }

    private long bytes() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            long sum = 0;
            for (Path file : files.toList()) {
                // RocksDB deletes files while this lists them.
                sum += Files.exists(file) ? file.toFile().length() : 0;
            }
            return sum;
        }
    }
}
