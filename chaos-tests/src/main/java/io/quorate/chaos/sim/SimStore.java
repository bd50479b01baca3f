package io.quorate.chaos.sim;

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
import io.quorate.storage.memory.MemoryStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The store in memory, whose snapshots are files of a {@link SimDisk}. What wasn't written there dies with it. */
final class SimStore implements StateStore {
    private final SimDisk disk;
    private MemoryStore state;

    SimStore(SimDisk disk) {
        this.disk = disk;
        byte[] image = disk.image();
        this.state = image.length == 0 ? new MemoryStore() : read(image);
    }

    /** Writes the state back, as a store may do at any commit. */
    void writeBack() {
        disk.image(write(), state.header().appliedIndex());
    }

    @Override
    public Header header() {
        return state.header();
    }

    @Override
    public CounterRow counter(QuotaKey key) {
        return state.counter(key);
    }

    @Override
    public List<CounterEntry> countersAfter(byte[] cursor, int countMax) {
        return state.countersAfter(cursor, countMax);
    }

    @Override
    public Optional<Session> session(long id) {
        return state.session(id);
    }

    @Override
    public int sessionCount() {
        return state.sessionCount();
    }

    @Override
    public long answerSpan() {
        return state.answerSpan();
    }

    @Override
    public List<LimitDefinition> limitsAfter(int limitId, int countMax) {
        return state.limitsAfter(limitId, countMax);
    }

    @Override
    public Iterable<Session> sessions() {
        return state.sessions();
    }

    @Override
    public Optional<Limit> limit(int limitId) {
        return state.limit(limitId);
    }

    @Override
    public List<LimitDefinition> limits() {
        return state.limits();
    }

    @Override
    public Optional<AppliedRules> rules(String namespace) {
        return state.rules(namespace);
    }

    @Override
    public List<AppliedRules> allRules() {
        return state.allRules();
    }

    @Override
    public void commit(StateChanges changes) {
        state.commit(changes);
    }

    @Override
    public void flush() {
        writeBack();
    }

    @Override
    public SnapshotDraft save(Path directory) {
        byte[] bytes = write();
        Header saved = state.header();
        return new SnapshotDraft() {
            @Override
            public Header header() {
                return saved;
            }

            @Override
            public void seal() {
                disk.write(directory, bytes);
            }
        };
    }

    @Override
    public void restore(Path directory) {
        byte[] bytes = disk.read(directory);
        state = read(bytes);
        disk.image(bytes, state.header().appliedIndex());
    }

    @Override
    public StoreSize size() {
        return state.size();
    }

    @Override
    public void close() {
        state.close();
    }

    private byte[] write() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
        try {
            state.writeRows(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new StoreException("memory can't be written", e);
        }
        return bytes.toByteArray();
    }

    private static MemoryStore read(byte[] bytes) {
        try {
            return MemoryStore.ofRows(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (IOException e) {
            throw new StoreException("memory can't be read", e);
        }
    }
}
