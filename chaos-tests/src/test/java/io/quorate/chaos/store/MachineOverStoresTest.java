package io.quorate.chaos.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.command.LogEntry;
import io.quorate.core.machine.Digests;
import io.quorate.core.machine.Histories;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.machine.StateView;
import io.quorate.core.machine.StateView.CounterEntry;
import io.quorate.core.machine.Transition;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.codec.ByteWriter;
import io.quorate.storage.codec.CounterCodec;
import io.quorate.storage.codec.HeaderCodec;
import io.quorate.storage.codec.LimitCodec;
import io.quorate.storage.codec.RulesCodec;
import io.quorate.storage.codec.SessionCodec;
import io.quorate.storage.memory.MemoryStore;
import io.quorate.storage.rocks.RocksLibrary;
import io.quorate.storage.rocks.RocksResources;
import io.quorate.storage.rocks.RocksStore;
import io.quorate.storage.rocks.RocksStoreSettings;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The machine gives the same over the store in memory and over RocksDB, whatever is in the log: the same answers,
 * the same rows and the same digest after every entry, also when the store was closed and opened in between.
 */
final class MachineOverStoresTest {
    private static final int HISTORIES = 5;
    private static final int ENTRIES = 250;
    private static final int PAGE = 4;

    /** Small bounds, so that sessions, windows and counters are full at times. */
    private static final MachineLimits BOUNDS = new MachineLimits(10, 1_000, 8, 30, 4, 1_000, 5, 3, 2, 5, 5, 300);

    private static @Nullable RocksResources resources;

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeResources() {
        RocksLibrary.load(Path.of("target", "native"));
        resources = new RocksResources(4L << 20, 16L << 20);
    }

    @AfterAll
    static void closeResources() {
        shared().close();
    }

    private static RocksResources shared() {
        return Objects.requireNonNull(resources);
    }

    @Test
    void bothStoresHoldTheSameAfterEveryEntry() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("MachineOverStoresTest -Dseed=" + seed);
        long countersMax = 0;
        for (int history = 0; history < HISTORIES; history++) {
            countersMax = Math.max(countersMax, run(seed + history, directory.resolve("store-" + history)));
        }
        assertThat(countersMax).as("-Dseed=%d: several counters at once", seed).isGreaterThan(1);
    }

    /** The most counters that there were at once. */
    private long run(long seed, Path home) {
        Random random = new Random(seed);
        Histories histories = new Histories(new Random(seed));
        Machine machine = new Machine(BOUNDS);
        // Rows leave the cache and batches are written all the time.
        RocksStoreSettings settings =
                RocksStoreSettings.shipped(() -> 0).withCacheBytes(64 * 1024).withDirtyRowsMax(1 + random.nextInt(8));
        MemoryStore memory = new MemoryStore();
        StateStore rocks = RocksStore.open(home, settings, shared());
        long countersMax = 0;
        try {
            for (int index = 1; index <= ENTRIES; index++) {
                String at = "-Dseed=%d entry %d".formatted(seed, index);
                LogEntry entry = histories.entry(12);
                Transition expected = machine.apply(memory, index, 1, entry);
                memory.commit(expected.changes());
                Transition actual = machine.apply(rocks, index, 1, entry);
                rocks.commit(actual.changes());
                if (random.nextInt(25) == 0) {
                    rocks.close();
                    rocks = RocksStore.open(home, settings, shared());
                } else if (random.nextInt(10) == 0) {
                    rocks.flush();
                }
                assertThat(actual.answers()).as(at).isEqualTo(expected.answers());
                assertThat(rocks.header().digest())
                        .as(at)
                        .isEqualTo(memory.header().digest());
                assertThat(Digests.of(rocks)).as(at).isEqualTo(rocks.header().digest());
                assertThat(rows(rocks)).as(at).isEqualTo(rows(memory));
                countersMax = Math.max(countersMax, memory.header().counters());
            }
            return countersMax;
        } finally {
            rocks.close();
            memory.close();
        }
    }

    /** Every row in order, as bytes. */
    private static String rows(StateView view) {
        ByteWriter out = new ByteWriter();
        HeaderCodec.writeRow(view.header(), out);
        byte[] cursor = new byte[0];
        List<CounterEntry> page = view.countersAfter(cursor, PAGE);
        while (!page.isEmpty()) {
            for (CounterEntry entry : page) {
                out.putBytes(entry.key().bytes());
                CounterCodec.writeRow(entry.row(), out);
            }
            cursor = page.get(page.size() - 1).key().bytes();
            page = view.countersAfter(cursor, PAGE);
        }
        view.sessions().forEach(session -> SessionCodec.writeRow(session, out));
        view.limits().forEach(limit -> LimitCodec.writeRow(limit, out));
        view.allRules().forEach(rules -> RulesCodec.writeRow(rules, out));
        return HexFormat.of().formatHex(out.toByteArray());
    }
}
