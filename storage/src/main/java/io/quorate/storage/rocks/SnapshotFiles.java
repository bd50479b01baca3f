package io.quorate.storage.rocks;

import io.quorate.core.machine.Header;
import io.quorate.storage.api.SnapshotDraft;
import io.quorate.storage.api.StoreException;
import io.quorate.storage.snapshot.DurableFiles;
import io.quorate.storage.snapshot.SnapshotDirectory;
import io.quorate.storage.snapshot.SnapshotManifest;
import io.quorate.storage.snapshot.SnapshotManifest.SnapshotFile;
import io.quorate.storage.snapshot.SnapshotManifest.StoreKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** A snapshot that consists of a RocksDB database's files, as taken by a checkpoint. */
final class SnapshotFiles {
    /** RocksDB never writes to a table file again, so a link is as good as a copy. */
    private static final String TABLE_FILE = ".sst";

    private final Path directory;
    private final SnapshotDirectory snapshot;

    SnapshotFiles(Path directory) {
        this.directory = directory;
        this.snapshot = new SnapshotDirectory(directory);
    }

    /** Makes the directory if it is absent; throws if it isn't empty. */
    void prepare() {
        snapshot.prepare();
    }

    /** Saves what the database has on disk, which is the state with this header; the files are links. */
    SnapshotDraft save(Database database, Header header) {
        Path checkpoint = directory.resolve("checkpoint");
        database.checkpoint(checkpoint);
        try {
            List<Path> files;
            try (Stream<Path> entries = Files.list(checkpoint)) {
                files = entries.toList();
            }
            for (Path file : files) {
                Files.move(file, directory.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
            }
            Files.delete(checkpoint);
        } catch (IOException e) {
            throw new StoreException("can't write the snapshot " + directory, e);
        }
        return snapshot.draft(StoreKind.ROCKS, header);
    }

    /** Checks the whole snapshot and puts its files into a new directory, durably; returns the state's header. */
    Header copyTo(Path target) {
        SnapshotManifest manifest = snapshot.verify(StoreKind.ROCKS);
        try {
            DurableFiles.deleteTree(target);
            Files.createDirectory(target);
            for (SnapshotFile file : manifest.files()) {
                copy(directory.resolve(file.name()), target.resolve(file.name()));
            }
            DurableFiles.sync(target);
        } catch (IOException e) {
            throw new StoreException("can't copy the snapshot " + directory + " to " + target, e);
        }
        return manifest.header();
    }

    private static void copy(Path from, Path to) throws IOException {
        if (from.toString().endsWith(TABLE_FILE) && sameFileSystem(from, to)) {
            Files.createLink(to, from);
            return;
        }
        Files.copy(from, to);
        DurableFiles.sync(to);
    }

    private static boolean sameFileSystem(Path from, Path to) throws IOException {
        Path parent = to.toAbsolutePath().getParent();
        return parent != null && Files.getFileStore(from).equals(Files.getFileStore(parent));
    }
}
