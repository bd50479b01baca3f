package io.quorate.storage.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.machine.CounterRow;
import io.quorate.core.machine.Header;
import io.quorate.core.machine.LimitSweep;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.machine.Session;
import io.quorate.core.machine.StateChanges;
import io.quorate.core.machine.StateView.CounterEntry;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store must do; run once for each kind of store. */
public abstract class StateStoreContract {
    protected static final QuotaKey A = QuotaKey.of("shop", "per-client", List.of("a"));
    protected static final QuotaKey B = QuotaKey.of("shop", "per-client", List.of("b"));

    @TempDir
    protected Path temporary;

    private final List<StateStore> opened = new ArrayList<>();

    /** A new, empty store. */
    protected abstract StateStore create();

    @AfterEach
    void closeAll() {
        opened.forEach(StateStore::close);
    }

    private StateStore open() {
        StateStore store = create();
        opened.add(store);
        return store;
    }

    protected static long seed(String test) {
        long seed = Long.getLong("seed", 20261124);
        System.out.println(test + " -Dseed=" + seed);
        return seed;
    }

    protected static StateChanges counters(long index, CounterEntry... entries) {
        Header header = new Header(
                index, 1, 1000 + index, 0, 1, 1, new byte[0], LimitSweep.EMPTY, entries.length, 0, index * 31);
        return new StateChanges(header, List.of(entries), List.of(), List.of(), 0, List.of(), List.of(), List.of());
    }

    protected static CounterEntry window(QuotaKey key, long count) {
        return new CounterEntry(key, new CounterRow(7, new CounterState.Window(3, count)));
    }

    @Test
    void aNewStoreIsEmpty() {
        StateStore store = open();
        assertThat(store.header()).isEqualTo(Header.EMPTY);
        assertThat(store.counter(A)).isEqualTo(CounterRow.FRESH);
        assertThat(store.countersAfter(new byte[0], 10)).isEmpty();
        assertThat(store.session(1)).isEmpty();
        assertThat(store.sessionCount()).isZero();
        assertThat(store.sessions()).isEmpty();
        assertThat(store.limit(1)).isEmpty();
        assertThat(store.limits()).isEmpty();
        assertThat(store.rules("shop")).isEmpty();
        assertThat(store.allRules()).isEmpty();
    }

    @Test
    void aCommitIsReadBack() {
        StateStore store = open();
        StateChanges changes = counters(5, window(A, 1), window(B, 2));
        store.commit(changes);
        assertThat(store.header()).isEqualTo(changes.header());
        assertThat(store.counter(A)).isEqualTo(window(A, 1).row());
        assertThat(store.counter(B)).isEqualTo(window(B, 2).row());
        store.commit(counters(6, window(A, 9)));
        assertThat(store.header().appliedIndex()).isEqualTo(6);
        assertThat(store.counter(A)).isEqualTo(window(A, 9).row());
        assertThat(store.counter(B)).isEqualTo(window(B, 2).row());
    }

    @Test
    void aFreshRowRemovesTheCounter() {
        StateStore store = open();
        store.commit(counters(1, window(A, 1), window(B, 2)));
        store.flush();
        store.commit(counters(2, new CounterEntry(A, new CounterRow(7, CounterState.Fresh.INSTANCE))));
        assertThat(store.counter(A)).isEqualTo(CounterRow.FRESH);
        assertThat(store.countersAfter(new byte[0], 10)).containsExactly(window(B, 2));
        store.flush();
        assertThat(store.counter(A)).isEqualTo(CounterRow.FRESH);
        assertThat(store.countersAfter(new byte[0], 10)).containsExactly(window(B, 2));
        store.commit(counters(3, window(A, 4)));
        assertThat(store.countersAfter(new byte[0], 10)).containsExactly(window(A, 4), window(B, 2));
    }

    @Test
    void countersAreScannedByTheirUnsignedBytes() {
        StateStore store = open();
        List<CounterEntry> sorted = Stream.of("", "A", "a", "aa", "z", "ÿ", "日本", "𐍈")
                .map(value -> window(QuotaKey.of("n", "r", List.of(value)), 1))
                .sorted((x, y) ->
                        Arrays.compareUnsigned(x.key().bytes(), y.key().bytes()))
                .toList();
        store.commit(counters(1, sorted.get(0), sorted.get(2), sorted.get(4), sorted.get(6)));
        store.flush();
        store.commit(counters(2, sorted.get(1), sorted.get(3), sorted.get(5), sorted.get(7)));
        assertThat(store.countersAfter(new byte[0], 100)).isEqualTo(sorted);
        assertThat(store.countersAfter(sorted.get(2).key().bytes(), 3)).isEqualTo(sorted.subList(3, 6));
        assertThat(store.countersAfter(sorted.get(7).key().bytes(), 3)).isEmpty();
        assertThat(store.countersAfter(QuotaKey.prefix("n"), 2)).isEqualTo(sorted.subList(0, 2));
        assertThat(store.countersAfter(QuotaKey.prefix("o"), 2)).isEmpty();
        assertThat(store.countersAfter(new byte[0], 0)).isEmpty();
    }

    /** As many leases as a counter may have, a third of a mebibyte in memory. */
    @Test
    void aLedgerOfManyLeasesIsCommittedWrittenBackAndRestored() {
        StateStore store = open();
        RandomRows rows = new RandomRows(new Random(seed(getClass().getSimpleName() + ".ledger")));
        CounterEntry leased = leased(rows, MachineLimits.DEFAULT.leasesPerCounterMax());
        store.commit(counters(1, leased, window(B, 1)));
        assertThat(store.counter(A)).isEqualTo(leased.row());
        store.flush();
        assertThat(store.counter(A)).isEqualTo(leased.row());
        CounterEntry next = leased(rows, MachineLimits.DEFAULT.leasesPerCounterMax());
        store.commit(counters(2, next));
        store.flush();
        assertThat(store.countersAfter(new byte[0], 10)).containsExactly(next, window(B, 1));
        store.save(temporary.resolve("leased")).seal();

        StateStore other = open();
        other.restore(temporary.resolve("leased"));
        assertThat(other.counter(A)).isEqualTo(next.row());
        other.commit(counters(3, window(A, 5)));
        assertThat(other.counter(A)).isEqualTo(window(A, 5).row());
    }

    private static CounterEntry leased(RandomRows rows, int leases) {
        return new CounterEntry(A, new CounterRow(7, new CounterState.Leased(rows.log(200), rows.ledger(leases))));
    }

    @Test
    void sessionsAreKeptUntilClosed() {
        StateStore store = open();
        RandomRows rows = new RandomRows(new Random(1));
        Session first = rows.session(1);
        Session second = rows.session(1L << 40);
        store.commit(sessions(1, List.of(second, first), List.of()));
        assertThat(store.session(1)).containsSame(first);
        assertThat(store.sessionCount()).isEqualTo(2);
        assertThat(store.sessions()).containsExactly(first, second);
        store.commit(sessions(2, List.of(), List.of(1L)));
        assertThat(store.session(1)).isEmpty();
        assertThat(store.sessions()).containsExactly(second);
    }

    private static StateChanges sessions(long index, List<Session> touched, List<Long> closed) {
        Header header = new Header(index, 1, 1000, 0, 3, 1, new byte[0], LimitSweep.EMPTY, 0, 0, 0);
        return new StateChanges(header, List.of(), touched, closed, 0, List.of(), List.of(), List.of());
    }

    @Test
    void limitsAndRulesAreKeptByNumberAndName() {
        StateStore store = open();
        RandomRows rows = new RandomRows(new Random(2));
        var limits = List.of(rows.limit(300), rows.limit(2));
        AppliedRules shop = rows.rules("shop", 4);
        AppliedRules bank = rows.rules("bank", 5);
        Header header = new Header(1, 1, 1, 5, 1, 301, new byte[0], LimitSweep.EMPTY, 0, 0, 0);
        store.commit(
                new StateChanges(header, List.of(), List.of(), List.of(), 0, limits, List.of(), List.of(shop, bank)));
        assertThat(store.limit(300)).contains(limits.get(0).limit());
        assertThat(store.limit(3)).isEmpty();
        assertThat(store.limits()).containsExactly(limits.get(1), limits.get(0));
        assertThat(store.rules("shop")).contains(shop);
        assertThat(store.allRules()).containsExactly(bank, shop);
        AppliedRules deleted = new AppliedRules("shop", 6, Optional.empty(), List.of());
        store.commit(
                new StateChanges(header, List.of(), List.of(), List.of(), 0, List.of(), List.of(), List.of(deleted)));
        assertThat(store.rules("shop")).contains(deleted);
    }

    @Test
    void randomHistoriesGiveWhatTheModelSays() {
        Random random = new Random(seed(getClass().getSimpleName() + ".randomHistories"));
        StateStore store = open();
        ModelState model = new ModelState(random, 400);
        for (int i = 0; i < 600; i++) {
            store.commit(model.next(30));
            if (random.nextInt(40) == 0) {
                store.flush();
            }
            for (int r = 0; r < 10; r++) {
                QuotaKey key = model.anyKey();
                assertThat(store.counter(key)).isEqualTo(model.counter(key));
            }
            byte[] cursor =
                    random.nextInt(4) == 0 ? new byte[] {0} : model.anyKey().bytes();
            int count = 1 + random.nextInt(50);
            assertThat(store.countersAfter(cursor, count)).isEqualTo(model.countersAfter(cursor, count));
        }
        assertThat(ModelState.image(store, 7)).isEqualTo(model.image());
    }

    @Test
    void aSnapshotIsRestoredIntoAnotherStore() {
        Random random = new Random(seed(getClass().getSimpleName() + ".snapshot"));
        StateStore store = open();
        ModelState model = new ModelState(random, 300);
        change(store, model, 100);
        byte[] saved = model.image();
        store.save(temporary.resolve("snapshot")).seal();
        change(store, model, 50);
        assertThat(ModelState.image(store, 1000)).isEqualTo(model.image()).isNotEqualTo(saved);

        StateStore other = open();
        change(other, new ModelState(random, 300), 100);
        other.restore(temporary.resolve("snapshot"));
        assertThat(ModelState.image(other, 10)).isEqualTo(saved);
        store.restore(temporary.resolve("snapshot"));
        assertThat(ModelState.image(store, 1000)).isEqualTo(saved);
        store.commit(counters(1_000_000, window(A, 5)));
        assertThat(store.counter(A)).isEqualTo(window(A, 5).row());
        store.save(temporary.resolve("another")).seal();
        other.restore(temporary.resolve("another"));
        assertThat(ModelState.image(other, 100)).isEqualTo(ModelState.image(store, 100));
    }

    /** So that the store's thread needs not wait for the sealing, which reads and syncs everything. */
    @Test
    void aDraftIsOfTheMomentWhenItWasSavedAndNoSnapshotUntilItIsSealed() {
        Random random = new Random(seed(getClass().getSimpleName() + ".draft"));
        StateStore store = open();
        ModelState model = new ModelState(random, 300);
        change(store, model, 100);
        byte[] saved = model.image();
        long index = store.header().appliedIndex();
        Path snapshot = temporary.resolve("snapshot");
        SnapshotDraft draft = store.save(snapshot);
        change(store, model, 100);
        store.flush();

        StateStore other = open();
        assertThatThrownBy(() -> other.restore(snapshot))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("never finished");
        store.close();
        draft.seal();
        assertThat(draft.header().appliedIndex()).isEqualTo(index);
        other.restore(snapshot);
        assertThat(ModelState.image(other, 100)).isEqualTo(saved);
    }

    @Test
    void anEmptyStateIsSavedAndRestored() {
        StateStore store = open();
        byte[] image = ModelState.image(store, 10);
        store.save(temporary.resolve("snapshot")).seal();
        store.commit(counters(1, window(A, 1)));
        store.restore(temporary.resolve("snapshot"));
        assertThat(ModelState.image(store, 10)).isEqualTo(image);
        assertThat(store.counter(A)).isEqualTo(CounterRow.FRESH);
    }

    @Test
    void aSnapshotIsSavedIntoAnEmptyDirectoryAlone() throws IOException {
        StateStore store = open();
        Path directory = Files.createDirectories(temporary.resolve("empty"));
        store.save(directory).seal();
        assertThatThrownBy(() -> store.save(directory))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("empty directory");
    }

    @Test
    void aDamagedSnapshotIsRefusedAndTheStateStays() throws IOException {
        Random random = new Random(seed(getClass().getSimpleName() + ".damage"));
        StateStore store = open();
        ModelState model = new ModelState(random, 300);
        change(store, model, 60);
        Path good = temporary.resolve("good");
        store.save(good).seal();
        change(store, model, 10);
        byte[] image = model.image();
        List<Path> files;
        try (Stream<Path> list = Files.list(good)) {
            files = list.sorted().toList();
        }
        for (Path file : files) {
            for (int i = 0; i < 8; i++) {
                refuses(store, good, copy -> damage(copy.resolve(file.getFileName()), random));
            }
            refuses(store, good, copy -> Files.delete(copy.resolve(file.getFileName())));
            refuses(store, good, copy -> {
                Path original = copy.resolve(file.getFileName());
                Files.createSymbolicLink(original.resolveSibling("link"), Files.move(original, temporary.resolve("m")));
                Files.move(original.resolveSibling("link"), original);
            });
            Files.delete(temporary.resolve("m"));
        }
        refuses(store, good, copy -> Files.write(copy.resolve("extra"), new byte[3]));
        refuses(store, good, copy -> Files.createDirectory(copy.resolve("extra")));
        assertThatThrownBy(() -> store.restore(temporary.resolve("nowhere"))).isInstanceOf(StoreException.class);
        assertThat(ModelState.image(store, 1000)).isEqualTo(image);
        store.restore(good);
    }

    private interface Damage {
        void to(Path copy) throws IOException;
    }

    private void refuses(StateStore store, Path good, Damage damage) throws IOException {
        Path copy = temporary.resolve("copy");
        copyTree(good, copy);
        damage.to(copy);
        assertThatThrownBy(() -> store.restore(copy)).isInstanceOf(StoreException.class);
        deleteTree(copy);
    }

    private static void damage(Path file, Random random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length == 0) {
            Files.write(file, new byte[1]);
        } else if (random.nextBoolean()) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, bytes);
        } else {
            Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
        }
    }

    @Test
    void nothingCanBeDoneAfterClose() {
        StateStore store = create();
        store.commit(counters(1, window(A, 1)));
        store.close();
        store.close();
        Path directory = temporary.resolve("after-close");
        assertThatThrownBy(store::header).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.counter(A)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.countersAfter(new byte[0], 1)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.session(1)).isInstanceOf(StoreException.class);
        assertThatThrownBy(store::sessionCount).isInstanceOf(StoreException.class);
        assertThatThrownBy(store::sessions).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.limit(1)).isInstanceOf(StoreException.class);
        assertThatThrownBy(store::limits).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.rules("shop")).isInstanceOf(StoreException.class);
        assertThatThrownBy(store::allRules).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.commit(counters(2))).isInstanceOf(StoreException.class);
        assertThatThrownBy(store::flush).isInstanceOf(StoreException.class);
        assertThatThrownBy(store::size).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.save(directory)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.restore(directory)).isInstanceOf(StoreException.class);
    }

    @Test
    void sizeGrowsWithTheState() {
        StateStore store = open();
        long before = store.size().memoryBytes();
        Random random = new Random(3);
        change(store, new ModelState(random, 5000), 200);
        assertThat(store.size().memoryBytes()).isGreaterThan(before);
    }

    protected static void change(StateStore store, ModelState model, int commits) {
        for (int i = 0; i < commits; i++) {
            store.commit(model.next(20));
        }
    }

    protected static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    protected static void deleteTree(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
