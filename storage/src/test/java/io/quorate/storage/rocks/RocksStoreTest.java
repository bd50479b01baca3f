package io.quorate.storage.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.storage.api.ModelState;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.api.StateStoreContract;
import io.quorate.storage.api.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
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
            } catch (NoSuchFileException e) {
                assertThat(listing(from)).isNotEqualTo(before);
            }
            deleteTree(to);
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
}
