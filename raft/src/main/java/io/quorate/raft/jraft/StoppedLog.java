package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.codec.LogEntryDecoder;
import com.alipay.sofa.jraft.entity.codec.v2.LogEntryV2CodecFactory;
import io.quorate.core.command.LogEntry;
import io.quorate.core.quota.GroupId;
import io.quorate.core.quota.Slots;
import io.quorate.raft.jraft.SharedLog.Kind;
import io.quorate.raft.log.EntryCodec;
import io.quorate.raft.log.MalformedEntryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * The logs of a node that doesn't run, read without a change to them. Not thread-safe.
 *
 * <p>What is in a log was written there, and need not be committed: the end of it may be replaced by a leader when the
 * node starts again.
 */
public final class StoppedLog implements AutoCloseable {
    private final Path directory;
    private final @Nullable FileChannel lock;
    private final Options options = new Options();
    private final RocksDB db;
    private final LogEntryDecoder decoder = LogEntryV2CodecFactory.getInstance().decoder();

    private StoppedLog(Path directory, @Nullable FileChannel lock) throws RocksDBException {
        this.directory = directory;
        this.lock = lock;
        this.db = RocksDB.openReadOnly(options, directory.toString());
    }

    /** Is shown entries in the order of their indexes. */
    public interface Reader {
        /**
         * One entry.
         *
         * @param bytesHash a 64-bit hash of what kind of entry it is and of its bytes: equal in every log that has
         *     this entry
         * @param entry empty if it is Raft's own: it changes the members, or begins a term
         */
        void entry(long index, long term, long bytesHash, Optional<LogEntry> entry);
    }

    /**
     * Opens the logs under a node's data directory.
     *
     * @throws IllegalStateException that says what is wrong: there is no log, or a process uses it
     */
    public static StoppedLog open(Path dataDirectory) {
        Path log = dataDirectory.resolve("log");
        if (!Files.exists(log.resolve("CURRENT"))) {
            throw new IllegalStateException(dataDirectory + " has no log; give the data directory of a node");
        }
        FileChannel lock = lock(dataDirectory);
        try {
            RocksDB.loadLibrary();
            return new StoppedLog(log, lock);
        } catch (RocksDBException e) {
            close(lock);
            throw new IllegalStateException("can't open the log in " + log + ": " + e.getMessage(), e);
        }
    }

    /** Keeps a node from starting over the directory; null if that can't be, as in a copy that is only for reading. */
    private static @Nullable FileChannel lock(Path dataDirectory) {
        Path file = dataDirectory.resolve("lock");
        if (!Files.isWritable(file)) {
            return null;
        }
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new IllegalStateException(
                        "the data directory " + dataDirectory + " is in use by a process; stop the node first");
            }
            return channel;
        } catch (IOException e) {
            throw new IllegalStateException("can't lock the data directory " + dataDirectory + ": " + e, e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this very process
        }
    }

    /** The groups that have entries. */
    public List<GroupId> groups() {
        List<GroupId> found = new ArrayList<>();
        try (RocksIterator rows = db.newIterator()) {
            for (int id = 0; id <= GroupId.DATA_GROUPS_MAX; id++) {
                byte[] prefix = SharedLog.key(Kind.ENTRY, new GroupId(id));
                rows.seek(prefix);
                if (rows.isValid() && startsWith(rows.key(), prefix)) {
                    found.add(new GroupId(id));
                }
            }
        }
        return found;
    }

    /**
     * Shows every entry of a group that is on disk, from the first on.
     *
     * <p>It begins behind what was cut after snapshots, unless the node ran with {@code keepLog}. A snapshot that came
     * from the leader replaces the log, and leaves a gap in any case.
     *
     * @throws IllegalStateException that names an entry which can't be read
     */
    public void read(GroupId group, Reader reader) {
        byte[] prefix = SharedLog.key(Kind.ENTRY, group);
        try (RocksIterator rows = db.newIterator()) {
            for (rows.seek(prefix); rows.isValid() && startsWith(rows.key(), prefix); rows.next()) {
                long index = SharedLog.indexOf(rows.key());
                show(group, index, rows.value(), reader);
            }
            rows.status();
        } catch (RocksDBException e) {
            throw new IllegalStateException("can't read the log in " + directory + ": " + e.getMessage(), e);
        }
    }

    private void show(GroupId group, long index, byte[] value, Reader reader) {
        com.alipay.sofa.jraft.entity.LogEntry raft = decoder.decode(value);
        if (raft == null || raft.isCorrupted() || raft.getId().getIndex() != index) {
            throw new IllegalStateException(
                    "entry " + index + " of group " + group + " in " + directory + " is damaged");
        }
        EntryType type = raft.getType();
        ByteBuffer data = raft.getData();
        boolean ours = type == EntryType.ENTRY_TYPE_DATA && data != null;
        byte[] hashed;
        if (ours) {
            hashed = new byte[1 + data.remaining()];
            data.duplicate().get(hashed, 1, data.remaining());
        } else {
            byte[] members = String.valueOf(raft.getPeers()).getBytes(StandardCharsets.UTF_8);
            hashed = Arrays.copyOf(members, members.length + 1);
        }
        hashed[ours ? 0 : hashed.length - 1] = (byte) type.getNumber();
        try {
            Optional<LogEntry> entry = ours ? Optional.of(EntryCodec.decode(data)) : Optional.empty();
            reader.entry(index, raft.getId().getTerm(), Slots.hash(hashed), entry);
        } catch (MalformedEntryException e) {
            throw new IllegalStateException(
                    "entry " + index + " of group " + group + " in " + directory + ": " + e.getMessage(), e);
        }
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static void close(@Nullable FileChannel lock) {
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException e) {
                throw new IllegalStateException("can't release the data directory", e);
            }
        }
    }

    @Override
    public void close() {
        db.close();
        options.close();
        close(lock);
    }
}
