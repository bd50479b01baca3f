package io.quorate.storage.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quorate.core.machine.StateChanges;
import io.quorate.core.machine.StateView.CounterEntry;
import io.quorate.core.quota.QuotaKey;
import io.quorate.storage.api.LogHorizon;
import io.quorate.storage.api.ModelState;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.api.StateStoreContract;
import io.quorate.storage.api.StoreException;
import io.quorate.storage.codec.ByteWriter;
import io.quorate.storage.memory.MemoryStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RocksStoreTest extends StateStoreContract {
    private static RocksResources resources;

    private final AtomicLong nanos = new AtomicLong();
    private int created;

    @BeforeAll
    static void makeResources() {
        RocksLibrary.load(Path.of("target", "native"));
        resources = new RocksResources(4L << 20, 16L << 20);
    }

    @AfterAll
    static void closeResources() {
        resources.close();
    }

    /** Small enough that rows leave the cache and batches are written all the time. */
    private RocksStoreSettings small() {
        return new RocksStoreSettings(64 * 1024, 50, 1 << 20, 1_000, 64 * 1024, 2, 64, nanos::get);
    }

    @Override
    protected StateStore create() {
        return RocksStore.open(temporary.resolve("store-" + created++), small(), resources);
    }

    @Test
    void aClosedStoreOpensWithItsLastCommit() {
        ModelState model = new ModelState(new Random(seed("RocksStoreTest.reopen")), 300);
        Path directory = temporary.resolve("store");
        for (int i = 0; i < 10; i++) {
            try (StateStore store = RocksStore.open(directory, small(), resources)) {
                assertThat(ModelState.image(store, 100)).isEqualTo(model.image());
                change(store, model, 20);
            }
        }
        try (StateStore store = RocksStore.open(directory, small())) {
            assertThat(ModelState.image(store, 100)).isEqualTo(model.image());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void aCrashLeavesTheStateOfSomeCommitSinceTheLastFlush(int round) throws IOException {
        Random random = new Random(seed("RocksStoreTest.crash") + round);
        ModelState model = new ModelState(random, 300);
        Map<Long, byte[]> images = new HashMap<>();
        images.put(0L, model.image());
        long flushed = 0;
        try (StateStore store = RocksStore.open(temporary.resolve("store"), small(), resources)) {
            for (int i = 0; i < 400; i++) {
                store.commit(model.next(40));
                nanos.addAndGet(random.nextInt(30));
                images.put(model.header().appliedIndex(), model.image());
                if (random.nextInt(100) == 0) {
                    store.flush();
                    flushed = model.header().appliedIndex();
                }
                if (random.nextInt(20) == 0) {
                    checkCrash(images, flushed, model.header().appliedIndex());
                }
            }
        }
    }

    /** Opens a copy of the directory, taken while the store is open. */
    private void checkCrash(Map<Long, byte[]> images, long flushed, long last) throws IOException {
        Path copy = temporary.resolve("crashed");
        copyWhileInUse(temporary.resolve("store"), copy);
        try (StateStore store = RocksStore.open(copy, small(), resources)) {
            long found = store.header().appliedIndex();
            assertThat(found).isBetween(flushed, last);
            assertThat(images.get(found)).isNotNull().isEqualTo(ModelState.image(store, 100));
        }
        deleteTree(copy);
    }

    /**
     * Copies a live database. What a crash leaves is one moment's files; a copy takes a while, in which the
     * database may flush or compact, so it is taken again until the files stayed the same meanwhile.
     */
    private static void copyWhileInUse(Path from, Path to) throws IOException {
        while (true) {
            String before = listing(from);
            try {
                copyTree(from, to);
                if (listing(from).equals(before)) {
                    return;
                }
            } catch (NoSuchFileException | UncheckedIOException e) { // the latter from the walk over the files
                assertThat(listing(from)).isNotEqualTo(before);
            }
            if (Files.exists(to)) {
                deleteTree(to);
            }
        }
    }

    private static String listing(Path directory) throws IOException {
        StringBuilder out = new StringBuilder();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted().toList()) {
                out.append(file).append(' ').append(Files.size(file)).append('\n');
            }
        } catch (UncheckedIOException | NoSuchFileException e) {
            return "changing: " + e;
        }
        return out.toString();
    }

    @Test
    void twoOpensOfOneDirectoryAreRefused() {
        Path directory = temporary.resolve("store");
        try (StateStore store = RocksStore.open(directory, small(), resources)) {
            store.commit(counters(1, window(A, 1)));
            assertThatThrownBy(() -> RocksStore.open(directory, small(), resources))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("in use");
            assertThat(store.counter(A)).isEqualTo(window(A, 1).row());
        }
        RocksStore.open(directory, small(), resources).close();
    }

    @Test
    void aDirectoryOfSomethingElseIsRefused() throws IOException {
        Path directory = Files.createDirectories(temporary.resolve("photos"));
        Files.write(directory.resolve("cat.jpg"), new byte[10]);
        assertThatThrownBy(() -> RocksStore.open(directory, small(), resources))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("isn't a store");
        assertThat(directory.resolve("cat.jpg")).exists();
    }

    @Test
    void changesReachTheDiskAfterTheirTime() throws IOException {
        RocksStoreSettings settings = small().withDirtyRowsMax(1_000_000).withFlushNanosMax(500);
        try (RocksStore store = RocksStore.open(temporary.resolve("store"), settings, resources)) {
            store.commit(counters(1, window(A, 1)));
            assertThat(recoveredIndex()).isZero();
            nanos.addAndGet(500);
            store.commit(counters(2, window(B, 2)));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(recoveredIndex()).isEqualTo(2));
            nanos.addAndGet(500);
            store.commit(counters(3)); // a header alone
            store.commit(counters(4));
            assertThat(recoveredIndex()).isEqualTo(2);
        }
        assertThat(recoveredIndex()).isEqualTo(4);
    }

    private long recoveredIndex() throws IOException {
        Path copy = temporary.resolve("recovered");
        copyWhileInUse(temporary.resolve("store"), copy);
        try (StateStore store = RocksStore.open(copy, small(), resources)) {
            return store.header().appliedIndex();
        } finally {
            deleteTree(copy);
        }
    }

    @Test
    void whatACrashInTheMiddleOfARestoreLeftIsRemoved() throws IOException {
        Path directory = temporary.resolve("store");
        Path snapshot = temporary.resolve("snapshot");
        ModelState model = new ModelState(new Random(5), 100);
        try (StateStore store = RocksStore.open(directory, small(), resources)) {
            change(store, model, 20);
            store.save(snapshot).seal();
            store.commit(counters(999, window(A, 1)));
        }
        // before the new database is named: copied, in part or whole, beside the live one
        copyTree(snapshot, directory.resolve("state-2"));
        Files.write(directory.resolve("STORE.tmp"), new byte[3]);
        try (StateStore store = RocksStore.open(directory, small(), resources)) {
            assertThat(store.header().appliedIndex()).isEqualTo(999);
            assertThat(directory.resolve("state-2")).doesNotExist();
            store.restore(snapshot);
            assertThat(ModelState.image(store, 100)).isEqualTo(model.image());
            assertThat(directory.resolve("state-1")).doesNotExist();
        }
        // after it is named: the old one is still there
        Files.createDirectory(directory.resolve("state-1"));
        Files.write(directory.resolve("state-1").resolve("000001.sst"), new byte[9]);
        try (StateStore store = RocksStore.open(directory, small(), resources)) {
            assertThat(ModelState.image(store, 100)).isEqualTo(model.image());
            assertThat(directory.resolve("state-1")).doesNotExist();
        }
    }

    @Test
    void nothingIsWrittenBackThatTheLogHasNotOnDisk() {
        Path directory = temporary.resolve("store");
        AtomicLong logged = new AtomicLong(4);
        LogHorizon log = index -> {
            if (index > logged.get()) {
                throw new StoreException("entry " + index + " isn't in the log");
            }
        };
        RocksStore store = RocksStore.open(directory, small(), resources, log);
        store.commit(counters(4, window(A, 1)));
        store.flush();
        store.commit(counters(5, window(A, 2)));
        assertThat(store.counter(A)).isEqualTo(window(A, 2).row());
        assertThatThrownBy(store::flush).isInstanceOf(StoreException.class).hasMessageContaining("entry 5");
        store.close();
        try (StateStore again = RocksStore.open(directory, small(), resources, log)) {
            assertThat(again.header().appliedIndex()).isEqualTo(4);
            assertThat(again.counter(A)).isEqualTo(window(A, 1).row());
            logged.set(5);
            again.commit(counters(5, window(A, 2)));
        }
        try (StateStore again = RocksStore.open(directory, small(), resources, log)) {
            assertThat(again.header().appliedIndex()).isEqualTo(5);
        }
    }

    @Test
    void whatACrashBeforeTheFirstStartWasCompleteLeftIsRemoved() throws IOException {
        Path directory = Files.createDirectories(temporary.resolve("store"));
        Files.createDirectory(directory.resolve("state-1"));
        Files.write(directory.resolve("state-1").resolve("CURRENT"), new byte[9]);
        try (StateStore store = RocksStore.open(directory, small(), resources)) {
            assertThat(store.header().appliedIndex()).isZero();
        }
    }

    @Test
    void aDamagedNewerOrEmptiedDirectoryIsRefusedByName() throws IOException {
        Path directory = temporary.resolve("store");
        RocksStore.open(directory, small(), resources).close();
        Path file = directory.resolve("STORE");
        byte[] good = Files.readAllBytes(file);
        assertThat(HexFormat.of().formatHex(good)).isEqualTo("010701427b234d");

        Files.write(file, new byte[] {1, 7, 2, 0, 0, 0, 0});
        refused(directory, "damaged");
        Files.write(file, new byte[0]);
        refused(directory, "cut short");
        Files.write(
                file,
                new ByteWriter().putByte(2).putByte(7).putByte(1).putChecksum(0).toByteArray());
        refused(directory, "newer release");
        Files.write(
                file,
                new ByteWriter().putByte(1).putByte(7).putByte(9).putChecksum(0).toByteArray());
        refused(directory, "state-9, which isn't there");

        Files.write(file, good);
        RocksStore.open(directory, small(), resources).close();
        deleteTree(directory.resolve("state-1"));
        refused(directory, "state-1, which isn't there");
    }

    private void refused(Path directory, String why) {
        assertThatThrownBy(() -> RocksStore.open(directory, small(), resources))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aSnapshotOfAnotherKindOfStoreIsRefused() {
        MemoryStore memory = new MemoryStore();
        memory.save(temporary.resolve("memory")).seal();
        StateStore store = create();
        store.save(temporary.resolve("rocks")).seal();
        assertThatThrownBy(() -> store.restore(temporary.resolve("memory")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("kind MEMORY");
        assertThatThrownBy(() -> memory.restore(temporary.resolve("rocks")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("kind ROCKS");
        store.close();
    }

    @Test
    void damagedRowsAreFoundWhenTheyAreRead() throws IOException {
        Path directory = temporary.resolve("store");
        try (StateStore store = RocksStore.open(directory, small(), resources)) {
            store.commit(counters(1, window(A, 1), window(B, 2)));
        }
        Path table;
        try (Stream<Path> files = Files.walk(directory)) {
            table = files.filter(file -> file.toString().endsWith(".sst"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(table);
        for (int i = 0; i < 100; i++) {
            bytes[i] ^= 0x5a;
        }
        Files.write(table, bytes);
        assertThatThrownBy(() -> {
                    try (StateStore store = RocksStore.open(directory, small(), resources)) {
                        store.counter(A);
                    }
                })
                .isInstanceOf(StoreException.class);
    }

    @Test
    void afterAFailureTheStoreCanOnlyBeClosed() {
        RocksResources own = new RocksResources(1L << 20, 1L << 20);
        StateStore store = RocksStore.open(temporary.resolve("store"), small().withDirtyRowsMax(1), own);
        own.close();
        assertThatThrownBy(() -> store.commit(counters(1, window(A, 1))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("resources are closed");
        assertThatThrownBy(() -> store.counter(A))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("failed earlier");
        assertThatThrownBy(store::flush).isInstanceOf(StoreException.class);
        store.close();
        assertThatThrownBy(() -> store.counter(A)).isInstanceOf(StoreException.class);
    }

    @Test
    void manyOpensAndClosesWhileBatchesAreBeingWritten() {
        Random random = new Random(seed("RocksStoreTest.cycles"));
        ModelState model = new ModelState(random, 200);
        RocksStoreSettings settings = small().withDirtyRowsMax(5);
        for (int i = 0; i < 100; i++) {
            try (StateStore store = RocksStore.open(temporary.resolve("store"), settings, resources);
                    StateStore other = RocksStore.open(temporary.resolve("other-" + i), settings, resources)) {
                assertThat(store.header().appliedIndex())
                        .isEqualTo(model.header().appliedIndex());
                for (int c = random.nextInt(10); c > 0; c--) {
                    StateChanges changes = model.next(20);
                    store.commit(changes);
                    other.commit(changes);
                    nanos.addAndGet(random.nextInt(1000));
                    store.counter(model.anyKey());
                }
            }
        }
        assertThat(Path.of("").toAbsolutePath()).isDirectoryNotContaining("glob:**/hs_err*");
    }

    @Test
    void aStoreOpensWithoutReadingItsCounters() {
        Path directory = temporary.resolve("store");
        try (StateStore store = RocksStore.open(directory, RocksStoreSettings.shipped(nanos::get), resources)) {
            CounterEntry[] rows = new CounterEntry[1000];
            for (int i = 0; i < 100; i++) {
                for (int r = 0; r < rows.length; r++) {
                    rows[r] = window(QuotaKey.of("shop", "per-client", List.of("client-" + i + "-" + r)), r);
                }
                store.commit(counters(1 + i, rows));
            }
        }
        try (StateStore store = RocksStore.open(directory, RocksStoreSettings.shipped(nanos::get), resources)) {
            assertThat(store.size().memoryBytes()).isLessThan(1 << 20);
            assertThat(store.size().diskBytes()).isGreaterThan(1 << 20);
            assertThat(store.counter(QuotaKey.of("shop", "per-client", List.of("client-99-7"))))
                    .isEqualTo(window(A, 7).row());
        }
    }
}
