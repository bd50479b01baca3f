package io.quorate.raft.jraft;

import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directory of everything durable of one node: whose it is, and a lock against a second process on it.
 *
 * <p>Layout: {@code node} (identity), {@code lock}, {@code log} (all groups' Raft logs and votes),
 * {@code groups/gN/state}, {@code groups/gN/snapshots}, {@code groups/gN/clock}, and {@code native} (the unpacked
 * library of the store).
 */
final class DataDirectory implements AutoCloseable {
    private static final String FORMAT = "quorate-data 1";

    private final Path root;
    private final FileChannel lockFile;
    private final FileLock lock;

    private DataDirectory(Path root, FileChannel lockFile, FileLock lock) {
        this.root = root;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * Takes the directory for this node, creating it if it is absent.
     *
     * @throws IllegalStateException that says so if it belongs to another node or is in use
     */
    static DataDirectory take(Path root, String clusterId, NodeId self) {
        try {
            Files.createDirectories(root);
            Path lockPath = root.resolve("lock");
            FileChannel lockFile = FileChannel.open(lockPath, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(lockFile);
            if (lock == null) {
                lockFile.close();
                throw new IllegalStateException("the data directory " + root + " is in use by another process");
            }
            DataDirectory directory = new DataDirectory(root, lockFile, lock);
            try {
                directory.checkIdentity(clusterId, self);
            } catch (IOException | IllegalStateException e) {
                directory.close();
                throw e;
            }
            return directory;
        } catch (IOException e) {
            throw new IllegalStateException("can't use the data directory " + root + ": " + e, e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held by this very process, through another node of it: to the caller it is the same.
            return null;
        }
    }

    private void checkIdentity(String clusterId, NodeId self) throws IOException {
        Path file = root.resolve("node");
        List<String> own = List.of(FORMAT, "cluster " + clusterId, "node " + self);
        if (!Files.exists(file)) {
            if (Files.exists(root.resolve("log")) || Files.exists(root.resolve("groups"))) {
                throw new IllegalStateException("the data directory " + root
                        + " has data but no file 'node' that says whose; refusing to guess");
            }
            write(file, String.join("\n", own) + "\n");
            return;
        }
        List<String> found = Files.readAllLines(file);
        if (found.isEmpty() || !found.get(0).equals(FORMAT)) {
            throw new IllegalStateException(
                    "the data directory " + root + " has another format than '" + FORMAT + "'; see its file 'node'");
        }
        if (!found.equals(own)) {
            throw new IllegalStateException("the data directory " + root + " belongs to "
                    + String.join(", ", found.subList(1, found.size())) + ", not to "
                    + String.join(", ", own.subList(1, own.size())));
        }
        checkLog();
    }

    /** The log is made before any group's state: a state without it has lost its votes, and could vote twice. */
    private void checkLog() {
        if (Files.exists(root.resolve("groups")) && !Files.exists(log().resolve("CURRENT"))) {
            throw new IllegalStateException("the data directory " + root + " has the groups' state but no log in "
                    + log() + ": it was lost, and this node's votes with it. " + StartCheck.remedy(root));
        }
    }

    /** Writes a file so that after a power failure it is whole or absent. */
    private void write(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(root, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    Path log() {
        return root.resolve("log");
    }

    Path nativeLibrary() {
        return root.resolve("native");
    }

    Path group(GroupId group) {
        return root.resolve("groups").resolve(group.toString());
    }

    /** Lets go of the directory. */
    @Override
    public void close() {
        try {
            lock.release();
            lockFile.close();
        } catch (IOException e) {
            throw new IllegalStateException("can't release the data directory " + root, e);
        }
    }
}
