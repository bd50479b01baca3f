package io.quorate.storage.rocks;

import io.quorate.storage.api.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * RocksDB's native library, unpacked into a directory where it stays.
 *
 * <p>Left to itself, RocksDB unpacks 15 MB into the temporary directory at every start and removes them at the
 * end, if there is one: a process that is killed leaves them behind.
 */
public final class RocksLibrary {
    private static final int BUFFER_BYTES = 1 << 16;

    private RocksLibrary() {}

    /**
     * Loads the library from {@code directory}, after unpacking it there if it isn't yet, or not whole.
     *
     * <p>To be called before anything else of RocksDB is used in the process; if the library is loaded already,
     * it stays as it is. Several processes may share a directory.
     *
     * @throws StoreException if the directory can't be written or the library can't be loaded
     */
    public static void load(Path directory) {
        String packedName = Environment.getJniLibraryFileName("rocksdb");
        // RocksDB asks for its file by this name, with "jni" twice, when it is to load it from a given directory.
        String fileName = Environment.getJniLibraryFileName("rocksdbjni");
        try {
            Files.createDirectories(directory);
            Path file = directory.resolve(fileName);
            if (!Files.isRegularFile(file) || checksum(file) != checksumOfPacked(packedName)) {
                unpack(packedName, file);
            }
        } catch (IOException e) {
            throw new StoreException("can't unpack RocksDB's native library into " + directory, e);
        }
        try {
            RocksDB.loadLibrary(List.of(directory.toAbsolutePath().toString()));
        } catch (UnsatisfiedLinkError e) {
            throw new StoreException("can't load RocksDB's native library from " + directory, e);
        }
    }

    /** Unpacks under a name of this process alone, then renames: another process never sees half a file. */
    private static void unpack(String packedName, Path file) throws IOException {
        Path draft = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try (InputStream in = packed(packedName)) {
            Files.copy(in, draft, StandardCopyOption.REPLACE_EXISTING);
        }
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static InputStream packed(String packedName) throws IOException {
        InputStream in = RocksDB.class.getResourceAsStream("/" + packedName);
        if (in == null) {
            throw new IOException("the RocksDB jar has no " + packedName + " for this platform");
        }
        return in;
    }

    private static long checksumOfPacked(String packedName) throws IOException {
        try (InputStream in = packed(packedName)) {
            return checksum(in);
        }
    }

    private static long checksum(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return checksum(in);
        }
    }

    private static long checksum(InputStream in) throws IOException {
        CheckedInputStream checked = new CheckedInputStream(in, new CRC32C());
        byte[] buffer = new byte[BUFFER_BYTES];
        while (checked.read(buffer) >= 0) {
            // the checksum is taken by reading
        }
        return checked.getChecksum().getValue();
    }
}
