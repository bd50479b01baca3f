package io.quorate.storage.memory;

import io.quorate.core.command.LimitDefinition;
import io.quorate.core.machine.CounterRow;
import io.quorate.core.machine.Header;
import io.quorate.core.machine.Session;
import io.quorate.core.machine.StateChanges;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import io.quorate.storage.api.SnapshotDraft;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.api.StoreException;
import io.quorate.storage.codec.ByteReader;
import io.quorate.storage.codec.ByteWriter;
import io.quorate.storage.codec.CounterCodec;
import io.quorate.storage.codec.MalformedException;
import io.quorate.storage.codec.StateKeys;
import io.quorate.storage.resident.Resident;
import io.quorate.storage.snapshot.SnapshotDirectory;
import io.quorate.storage.snapshot.SnapshotManifest;
import io.quorate.storage.snapshot.SnapshotManifest.StoreKind;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A group's state in memory: for tests, simulation and offline replay. Nothing outlives the process but
 * snapshots.
 *
 * <p>A snapshot is one file of rows, each as length of key, key, length of value, value, by ascending key.
 */
public final class MemoryStore implements StateStore {
    private static final String ROWS = "ROWS";
    private static final int ROW_BYTES_MAX = 1 << 28;
    /** Roughly what a key, its row and its places in two maps take. */
    private static final long BYTES_PER_COUNTER = 300;

    private Resident resident = new Resident();
    private Map<QuotaKey, CounterRow> counters = new HashMap<>();
    /** The keys of {@code counters} by their bytes: changes with a counter's coming and going alone. */
    private TreeMap<byte[], QuotaKey> sorted = new TreeMap<>(Arrays::compareUnsigned);

    private boolean closed;

    @Override
    public Header header() {
        return open().header();
    }

    @Override
    public CounterRow counter(QuotaKey key) {
        open();
        return counters.getOrDefault(key, CounterRow.FRESH);
    }

    @Override
    public List<CounterEntry> countersAfter(byte[] cursor, int countMax) {
        open();
        List<CounterEntry> found = new ArrayList<>(Math.min(countMax, 1024));
        for (QuotaKey key : sorted.tailMap(cursor, false).values()) {
            if (found.size() >= countMax) {
                break;
            }
            found.add(new CounterEntry(key, counter(key)));
        }
        return found;
    }

    @Override
    public Optional<Session> session(long id) {
        return open().session(id);
    }

    @Override
    public int sessionCount() {
        return open().sessions().size();
    }

    @Override
    public long answerSpan() {
        return open().answerSpan();
    }

    @Override
    public List<LimitDefinition> limitsAfter(int limitId, int countMax) {
        return open().limitsAfter(limitId, countMax);
    }

    @Override
    public Iterable<Session> sessions() {
        return open().sessions();
    }

    @Override
    public Optional<Limit> limit(int limitId) {
        return open().limit(limitId);
    }

    @Override
    public List<LimitDefinition> limits() {
        return open().limits();
    }

    @Override
    public Optional<AppliedRules> rules(String namespace) {
        return open().rules(namespace);
    }

    @Override
    public List<AppliedRules> allRules() {
        return open().allRules();
    }

    @Override
    public void commit(StateChanges changes) {
        open().commit(changes);
        for (CounterEntry entry : changes.counters()) {
            if (entry.row().isFresh()) {
                counters.remove(entry.key());
                sorted.remove(entry.key().bytes());
            } else if (counters.put(entry.key(), entry.row()) == null) {
                sorted.put(entry.key().bytes(), entry.key());
            }
        }
    }

    @Override
    public void flush() {
        open();
    }

    @Override
    public SnapshotDraft save(Path directory) {
        open();
        SnapshotDirectory snapshot = new SnapshotDirectory(directory);
        snapshot.prepare();
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(directory.resolve(ROWS))))) {
            writeRows(out);
        } catch (IOException | UncheckedIOException e) {
            throw new StoreException("can't write the snapshot " + directory, e);
        }
        return snapshot.draft(StoreKind.MEMORY, resident.header());
    }

    @Override
    public void restore(Path directory) {
        open();
        SnapshotManifest manifest = new SnapshotDirectory(directory).verify(StoreKind.MEMORY);
        MemoryStore restored;
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(directory.resolve(ROWS))))) {
            restored = ofRows(in);
        } catch (IOException | IllegalArgumentException | MalformedException e) {
            throw new StoreException("the snapshot's file " + directory.resolve(ROWS) + " is unreadable", e);
        }
        if (restored.resident.header().appliedIndex() != manifest.header().appliedIndex()) {
            throw new StoreException("the snapshot " + directory + " has another applied index than its manifest");
        }
        resident = restored.resident;
        counters = restored.counters;
        sorted = restored.sorted;
    }

    @Override
    public StoreSize size() {
        return new StoreSize(open().memoryBytes() + BYTES_PER_COUNTER * counters.size(), 0);
    }

    @Override
    public void close() {
        closed = true;
    }

    private Resident open() {
        if (closed) {
            throw new StoreException("the store is closed");
        }
        return resident;
    }

    /** Writes all rows, as in a snapshot's file. */
    public void writeRows(DataOutputStream out) throws IOException {
        ByteWriter buffer = new ByteWriter();
        resident.writeAll(buffer, (key, value) -> {
            if (value != null) {
                writeRow(out, key, value);
            }
        });
        sorted.values().forEach(key -> {
            buffer.clear();
            CounterCodec.writeRow(counter(key), buffer);
            writeRow(out, StateKeys.counter(key), buffer);
        });
    }

    private static void writeRow(DataOutputStream out, byte[] key, ByteWriter value) {
        try {
            out.writeInt(key.length);
            out.write(key);
            out.writeInt(value.size());
            out.write(value.array(), 0, value.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The store of rows that {@link #writeRows} wrote.
     *
     * @throws MalformedException if they aren't rows
     */
    public static MemoryStore ofRows(DataInputStream in) throws IOException {
        MemoryStore store = new MemoryStore();
        store.readRows(in);
        return store;
    }

    private void readRows(DataInputStream in) throws IOException {
        while (true) {
            int first = in.read();
            if (first < 0) {
                return;
            }
            byte[] key = readExactly(in, first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort());
            ByteReader value = new ByteReader(readExactly(in, in.readInt()));
            if (key.length > 0 && key[0] == StateKeys.COUNTERS) {
                QuotaKey counter = QuotaKey.ofBytes(Arrays.copyOfRange(key, 1, key.length));
                CounterRow row = CounterCodec.readRow(value);
                counters.put(counter, row);
                sorted.put(counter.bytes(), counter);
            } else {
                resident.load(key, value);
            }
        }
    }

    private static byte[] readExactly(DataInputStream in, int count) throws IOException {
        if (count < 0 || count > ROW_BYTES_MAX) {
            throw new MalformedException("a length of " + count + " bytes");
        }
        byte[] bytes = in.readNBytes(count);
        if (bytes.length != count) {
            throw new MalformedException("the file ends too early");
        }
        return bytes;
    }
}
