package io.quorate.storage.snapshot;

import io.quorate.core.machine.Header;
import io.quorate.storage.api.SnapshotDraft;
import io.quorate.storage.api.StoreException;
import io.quorate.storage.codec.MalformedException;
import io.quorate.storage.snapshot.SnapshotManifest.SnapshotFile;
import io.quorate.storage.snapshot.SnapshotManifest.StoreKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A directory that holds one snapshot and nothing else.
 *
 * <p>The manifest is written last and synced after everything else, so a snapshot that has one is whole; and
 * the checks accept exactly the files that it names, with their lengths and checksums.
 */
public final class SnapshotDirectory {
    /** The manifest's file name; no other file of a snapshot has it. */
    public static final String MANIFEST = "QUORATE-SNAPSHOT";

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final long MANIFEST_BYTES_MAX = 16 * 1024 * 1024;

    private final Path directory;

    public SnapshotDirectory(Path directory) {
        this.directory = directory;
    }

    /** Makes the directory if there is none; throws if something is in it. */
    public void prepare() {
        try {
            Files.createDirectories(directory);
            List<String> names = names();
            if (!names.isEmpty()) {
                throw new StoreException(
                        "a snapshot needs an empty directory, but " + directory + " holds " + names.get(0));
            }
        } catch (IOException e) {
            throw new StoreException("can't make the snapshot directory " + directory, e);
        }
    }

    /** All files are written, and are to be sealed as the snapshot of the state with this header. */
    public SnapshotDraft draft(StoreKind kind, Header header) {
        return new SnapshotDraft() {
            @Override
            public Header header() {
                return header;
            }

            @Override
            public void seal() {
                SnapshotDirectory.this.seal(kind, header);
            }
        };
    }

    /** Syncs all files in the directory and writes the manifest that names them. */
    public void seal(StoreKind kind, Header header) {
        try {
            List<SnapshotFile> files = new ArrayList<>();
            for (String name : names()) {
                files.add(sum(name, true));
            }
            DurableFiles.replace(directory.resolve(MANIFEST), new SnapshotManifest(kind, header, files).toBytes());
        } catch (IOException e) {
            throw new StoreException("can't write the snapshot " + directory, e);
        }
    }

    /**
     * Reads the manifest and checks every file.
     *
     * @throws StoreException that names the file concerned, if the directory isn't exactly what a store of this
     *     kind wrote
     */
    public SnapshotManifest verify(StoreKind kind) {
        try {
            SnapshotManifest manifest = readManifest();
            if (manifest.kind() != kind) {
                throw new StoreException("the snapshot " + directory + " was written by a store of kind "
                        + manifest.kind() + " and can't be read by one of kind " + kind);
            }
            checkNames(manifest);
            for (SnapshotFile file : manifest.files()) {
                checkContent(file);
            }
            return manifest;
        } catch (IOException e) {
            throw new StoreException("can't read the snapshot " + directory, e);
        }
    }

    private SnapshotManifest readManifest() throws IOException {
        Path file = directory.resolve(MANIFEST);
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MANIFEST_BYTES_MAX) {
                throw new StoreException("the snapshot " + directory + " has no " + MANIFEST
                        + " file: it was never finished, or isn't a snapshot");
            }
            return SnapshotManifest.ofBytes(Files.readAllBytes(file));
        } catch (MalformedException e) {
            throw new StoreException("the snapshot's manifest " + file + " is unreadable: " + e.getMessage(), e);
        }
    }

    private void checkNames(SnapshotManifest manifest) throws IOException {
        TreeSet<String> unexpected = new TreeSet<>(names());
        unexpected.remove(MANIFEST);
        for (SnapshotFile file : manifest.files()) {
            if (!unexpected.remove(file.name())) {
                throw new StoreException("the snapshot's file " + directory.resolve(file.name()) + " is missing");
            }
        }
        if (!unexpected.isEmpty()) {
            throw new StoreException(
                    "the snapshot " + directory + " holds files that its manifest doesn't name: " + unexpected.first());
        }
    }

    private void checkContent(SnapshotFile expected) throws IOException {
        Path file = directory.resolve(expected.name());
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new StoreException("the snapshot's file " + file + " isn't a plain file");
        }
        if (Files.size(file) != expected.lengthBytes()) {
            throw new StoreException("the snapshot's file " + file + " has " + Files.size(file) + " bytes, but "
                    + expected.lengthBytes() + " were written");
        }
        if (!sum(expected.name(), false).equals(expected)) {
            throw new StoreException("the snapshot's file " + file + " is damaged: its checksum doesn't match");
        }
    }

    private SnapshotFile sum(String name, boolean sync) throws IOException {
        CRC32C crc = new CRC32C();
        long lengthBytes = 0;
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try (FileChannel in =
                FileChannel.open(directory.resolve(name), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            if (sync) {
                in.force(true);
            }
            while (in.read(buffer.clear()) >= 0) {
                lengthBytes += buffer.flip().remaining();
                crc.update(buffer);
            }
        }
        return new SnapshotFile(name, lengthBytes, (int) crc.getValue());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .sorted(Comparator.naturalOrder())
                    .toList();
        } catch (NoSuchFileException e) {
            throw new StoreException("there is no snapshot directory " + directory, e);
        }
    }
}
