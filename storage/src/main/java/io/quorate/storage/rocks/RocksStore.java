package io.quorate.storage.rocks;

import io.quorate.core.command.LimitDefinition;
import io.quorate.core.machine.CounterRow;
import io.quorate.core.machine.Header;
import io.quorate.core.machine.Session;
import io.quorate.core.machine.StateChanges;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import io.quorate.storage.api.LogHorizon;
import io.quorate.storage.api.SnapshotDraft;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.api.StoreException;
import io.quorate.storage.codec.ByteWriter;
import io.quorate.storage.resident.Resident;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/*
 * What is where, and when it is durable.
 *
 * Counters live in RocksDB, and before it in a cache of fixed size; everything else lives in memory whole and in
 * RocksDB too. A commit changes memory alone. Changed rows reach RocksDB in batches, each with the header of the
 * last commit in it:
 *
 * - After dirtyRowsMax or dirtyBytesMax, a batch is put into RocksDB's memtable, on the writer's thread. This
 *   makes rows clean, so that the cache can forget them. It makes nothing durable and needn't: a crash loses the
 *   memtable, and the Raft log is applied again from the index found at the restart.
 * - After flushNanosMax, the same, and the memtable is put on disk. This bounds how much is applied again.
 * - flush(), save() and close() do so and wait: when they return, a restart finds the state of the last commit,
 *   power loss included.
 *
 * A batch is made only when the log has on disk what is in it (LogHorizon). A leader may apply an entry that others
 * have on disk and it itself not yet; written back it would be ahead of the own log.
 *
 * After a crash the state is that of some commit c, with everything of c and before it and nothing after it
 * (Database says why), and header().appliedIndex() names c. It is never older than the last flush() that
 * returned. The Raft log is cut only behind a snapshot, and save() flushes; so the log always reaches back to c.
 *
 * Sessions are changed in place by the machine while it applies an entry, so a batch is only ever made inside
 * commit(), flush() and save(), between two entries; never in a read.
 */

/**
 * A group's durable state, over a RocksDB database of its own.
 *
 * <p>Threads: not thread-safe, as {@link StateStore} says. Batches are written on the thread of
 * {@link RocksResources}.
 */
public final class RocksStore implements StateStore {
    private final StoreDirectory directory;
    private final RocksStoreSettings settings;
    private final RocksResources resources;
    private final boolean ownsResources;
    private final LogHorizon log;
    private final RowBatch batch = new RowBatch();
    private final ByteWriter scratch = new ByteWriter(1 << 10);
    private final long dirtyBytesMax;

    private Database database;
    private CounterTable counters;
    private Resident resident;
    private @Nullable WriteBack writing;
    private long lastFlushNanos;
    /** Whether something was committed since the last batch was made. */
    private boolean changed;
    /** Whether the last batch with rows is on disk, or will be when what is being written is finished. */
    private boolean onDisk = true;

    private boolean failed;
    private boolean closed;

    private RocksStore(
            StoreDirectory directory,
            RocksStoreSettings settings,
            RocksResources resources,
            boolean ownsResources,
            LogHorizon log) {
        this.log = log;
        this.directory = directory;
        this.settings = settings;
        this.resources = resources;
        this.ownsResources = ownsResources;
        this.dirtyBytesMax = Math.min(settings.dirtyBytesMax(), settings.cacheBytes() / 2);
        this.lastFlushNanos = settings.nanos().getAsLong();
        boolean isNew = directory.isNew();
        directory.clean();
        database = new Database(directory.live(), isNew, settings, resources);
        try {
            resident = new StateRows(database).load();
            if (isNew) {
                directory.advance();
            }
        } catch (StoreException e) {
            database.close();
            throw e;
        }
        counters = new CounterTable(database, settings.cacheBytes());
    }

    /** Opens the store in a directory, or makes it if the directory is absent or empty; with resources of its own. */
    public static RocksStore open(Path directory, RocksStoreSettings settings) {
        RocksResources resources = RocksResources.shipped();
        try {
            return open(directory, settings, resources, true, LogHorizon.NONE);
        } catch (StoreException e) {
            resources.close();
            throw e;
        }
    }

    /** Opens the store in a directory, or makes it if the directory is absent or empty; with shared resources. */
    public static RocksStore open(Path directory, RocksStoreSettings settings, RocksResources resources) {
        return open(directory, settings, resources, LogHorizon.NONE);
    }

    /** As before; nothing is written back that isn't in the log, as far as that is durable. */
    public static RocksStore open(
            Path directory, RocksStoreSettings settings, RocksResources resources, LogHorizon log) {
        return open(directory, settings, resources, false, log);
    }

    private static RocksStore open(
            Path directory,
            RocksStoreSettings settings,
            RocksResources resources,
            boolean ownsResources,
            LogHorizon log) {
        StoreDirectory locked = new StoreDirectory(directory);
        try {
            return new RocksStore(locked, settings, resources, ownsResources, log);
        } catch (StoreException e) {
            locked.close();
            throw e;
        }
    }

    @Override
    public Header header() {
        return usable().header();
    }

    @Override
    public CounterRow counter(QuotaKey key) {
        usable();
        try {
            return counters.row(key);
        } catch (StoreException e) {
            failed = true;
            throw e;
        }
    }

    @Override
    public List<CounterEntry> countersAfter(byte[] cursor, int countMax) {
        usable();
        try {
            if (writing != null) {
                writing.awaitWritten();
            }
            return counters.rowsAfter(cursor, countMax);
        } catch (StoreException e) {
            failed = true;
            throw e;
        }
    }

    @Override
    public Optional<Session> session(long id) {
        return usable().session(id);
    }

    @Override
    public int sessionCount() {
        return usable().sessions().size();
    }

    @Override
    public long answerSpan() {
        return usable().answerSpan();
    }

    @Override
    public List<LimitDefinition> limitsAfter(int limitId, int countMax) {
        return usable().limitsAfter(limitId, countMax);
    }

    @Override
    public Iterable<Session> sessions() {
        return usable().sessions();
    }

    @Override
    public Optional<Limit> limit(int limitId) {
        return usable().limit(limitId);
    }

    @Override
    public List<LimitDefinition> limits() {
        return usable().limits();
    }

    @Override
    public Optional<AppliedRules> rules(String namespace) {
        return usable().rules(namespace);
    }

    @Override
    public List<AppliedRules> allRules() {
        return usable().allRules();
    }

    @Override
    public void commit(StateChanges changes) {
        usable().commit(changes);
        changed = true;
        List<CounterEntry> rows = changes.counters();
        for (int i = 0; i < rows.size(); i++) {
            counters.put(rows.get(i).key(), rows.get(i).row());
        }
        orFail(this::writeBackIfDue);
    }

    @Override
    public void flush() {
        usable();
        orFail(this::flushNow);
    }

    @Override
    public SnapshotDraft save(Path target) {
        usable();
        SnapshotFiles snapshot = new SnapshotFiles(target);
        snapshot.prepare();
        orFail(this::flushNow);
        return snapshot.save(database, resident.header());
    }

    @Override
    public void restore(Path source) {
        usable();
        orFail(this::finishWriting);
        Header expected = new SnapshotFiles(source).copyTo(directory.next());
        Database restored = new Database(directory.next(), false, settings, resources);
        Resident rows;
        try {
            rows = new StateRows(restored).load();
            StateRows.checkHeader(rows.header(), expected, source);
        } catch (StoreException e) {
            restored.close();
            throw e;
        }
        orFail(() -> replace(restored, rows));
    }

    private void replace(Database restored, Resident rows) {
        Database old = database;
        try {
            directory.advance();
        } catch (StoreException e) {
            restored.close();
            throw e;
        }
        database = restored;
        resident = rows;
        counters = new CounterTable(restored, settings.cacheBytes());
        changed = false;
        onDisk = true;
        old.close();
        directory.clean();
    }

    @Override
    public StoreSize size() {
        long memoryBytes = usable().memoryBytes() + counters.memoryBytes() + database.memoryBytes();
        return new StoreSize(memoryBytes, database.diskBytes());
    }

    /** Flushes, unless the store failed, and closes. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (writing != null) {
                writing.awaitFinished();
            }
            if (!failed) {
                flushNow();
            }
        } finally {
            database.close();
            directory.close();
            if (ownsResources) {
                resources.close();
            }
        }
    }

    private Resident usable() {
        if (closed) {
            throw new StoreException("the store is closed");
        }
        if (failed) {
            throw new StoreException("the store failed earlier and can only be closed");
        }
        return resident;
    }

    /** Does what, if it fails, leaves the store in a state that must not be used. */
    private void orFail(Runnable action) {
        try {
            action.run();
        } catch (StoreException e) {
            failed = true;
            throw e;
        }
    }

    private void writeBackIfDue() {
        if (writing != null && writing.isWritten()) {
            counters.allowEviction(true);
            if (writing.isFinished()) {
                writing = null;
            }
        }
        long nowNanos = settings.nanos().getAsLong();
        boolean late = nowNanos - lastFlushNanos >= settings.flushNanosMax();
        if (late && onDisk && !hasChangedRows()) {
            lastFlushNanos = nowNanos; // headers alone aren't worth a file
            late = false;
        }
        if (!late && !counters.isDirtyBeyond(settings.dirtyRowsMax(), dirtyBytesMax)) {
            return;
        }
        if (writing != null && !counters.isDirtyBeyond(2L * settings.dirtyRowsMax(), 2 * dirtyBytesMax)) {
            return; // one batch at a time; meanwhile the next one gathers, up to twice its size
        }
        finishWriting();
        byte[] bytes = takeBatch();
        counters.allowEviction(false);
        writing = WriteBack.start(database, bytes, late, resources.writer());
        if (late) {
            onDisk = true;
            lastFlushNanos = nowNanos;
        }
    }

    private boolean hasChangedRows() {
        return resident.hasChanges() || counters.isDirtyBeyond(1, Long.MAX_VALUE);
    }

    /** Everything that changed since the last batch, with the header. */
    private byte[] takeBatch() {
        log.await(resident.header().appliedIndex());
        batch.clear();
        resident.writeChanges(scratch, (key, value) -> {
            if (value == null) {
                batch.delete(key);
            } else {
                batch.put(key, value);
            }
        });
        counters.writeDirty(batch);
        changed = false;
        onDisk = false;
        return batch.toByteArray();
    }

    private void finishWriting() {
        if (writing != null) {
            writing.awaitFinished();
            boolean done = writing.isFinished();
            writing = done ? null : writing;
            counters.allowEviction(true);
        }
    }

    private void flushNow() {
        finishWriting();
        if (changed) {
            database.write(takeBatch());
        }
        if (!onDisk) {
            database.flush();
            onDisk = true;
        }
        lastFlushNanos = settings.nanos().getAsLong();
    }
}
