package io.quorate.storage.rocks;

import io.quorate.storage.api.StoreException;
import io.quorate.storage.codec.ByteReader;
import io.quorate.storage.codec.ByteWriter;
import io.quorate.storage.codec.MalformedException;
import io.quorate.storage.codec.RowKind;
import io.quorate.storage.snapshot.DurableFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a live store: which of its databases is the live one, and that no one else uses it.
 *
 * <p>Holds {@code LOCK}; {@code STORE}, a row that names the live database by number and is replaced as one;
 * and {@code state-<number>}, a RocksDB database. To exchange the whole state, a new database is made beside
 * the live one and then {@code STORE} is replaced: a crash leaves the old or the new, and what isn't named is
 * removed at the next start.
 */
final class StoreDirectory implements AutoCloseable {
    private static final String STORE = "STORE";
    private static final String LOCK = "LOCK";
    private static final String STATE = "state-";

    private final Path directory;
    private final FileChannel lockFile;
    private final FileLock lock;
    private long number;

    /** Opens a store's directory; makes it if it is absent or empty. */
    StoreDirectory(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
            lockFile = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new StoreException("can't use the store directory " + directory, e);
        }
        FileLock acquired = null;
        try {
            acquired = lockFile.tryLock();
            if (acquired == null) {
                throw new OverlappingFileLockException();
            }
            lock = acquired;
            number = readNumber();
        } catch (IOException | OverlappingFileLockException | StoreException e) {
            release(acquired);
            throw e instanceof StoreException known ? known : cantLock(e);
        }
    }

    /** Whether the live database is yet to be made. */
    boolean isNew() {
        return number == 0;
    }

    /** The live database; the first one if the store is new. */
    Path live() {
        return state(Math.max(1, number));
    }

    /** Where a new database may be made, beside the live one; nothing is there. */
    Path next() {
        return state(number + 1);
    }

    /** Makes the database at {@link #next} the live one, durably. The old one stays until {@link #clean}. */
    void advance() {
        long next = number + 1;
        ByteWriter out = new ByteWriter();
        int from = RowKind.LOCATION.begin(out);
        out.putVarLong(next);
        RowKind.LOCATION.end(out, from);
        try {
            DurableFiles.sync(directory);
            DurableFiles.replace(directory.resolve(STORE), out.toByteArray());
        } catch (IOException e) {
            throw new StoreException("can't write " + directory.resolve(STORE), e);
        }
        number = next;
    }

    /** Removes every database but the live one. */
    void clean() {
        try {
            for (String name : names()) {
                if (name.startsWith(STATE) && !directory.resolve(name).equals(state(number))) {
                    DurableFiles.deleteTree(directory.resolve(name));
                }
            }
        } catch (IOException e) {
            throw new StoreException("can't remove old state in " + directory, e);
        }
    }

    @Override
    public void close() {
        release(lock);
    }

    private long readNumber() throws IOException {
        Path file = directory.resolve(STORE);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            for (String name : names()) {
                if (!name.equals(LOCK) && !name.startsWith(STATE) && !name.startsWith(STORE)) {
                    throw new StoreException(
                            directory + " holds " + name + " and no " + STORE + " file: it isn't a store's directory");
                }
            }
            return 0;
        }
        try {
            ByteReader in = new ByteReader(Files.readAllBytes(file));
            RowKind.LOCATION.open(in);
            long found = in.readVarLong();
            in.expectEnd();
            if (found < 1 || !Files.isDirectory(state(found), LinkOption.NOFOLLOW_LINKS)) {
                throw new StoreException(file + " names the database " + state(found) + ", which isn't there");
            }
            return found;
        } catch (MalformedException e) {
            throw new StoreException("the store's file " + file + " is unreadable: " + e.getMessage(), e);
        }
    }

    private Path state(long ofNumber) {
        return directory.resolve(STATE + ofNumber);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private StoreException cantLock(Exception cause) {
        return new StoreException(
                "the store directory " + directory + " is in use: by another process, or twice in this one", cause);
    }

    private void release(@Nullable FileLock held) {
        try {
            if (held != null && held.isValid()) {
                held.release();
            }
            lockFile.close();
        } catch (IOException e) {
            throw new StoreException("can't release the lock of " + directory, e);
        }
    }
}
