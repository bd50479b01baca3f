package io.quorate.raft.jraft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small file in a snapshot that says which entry its state has applied last, so that a state which has it
 * already needs not be replaced. JRaft's own index counts entries that aren't the state's, too.
 */
final class AppliedMark {
    static final String FILE = "applied";
    private static final int MAGIC = 0x51414d31;
    private static final int LENGTH = 16;
    private static final Logger LOG = LoggerFactory.getLogger(AppliedMark.class);

    private AppliedMark() {}

    /** Writes and syncs the mark into a directory. */
    static void write(Path directory, long appliedIndex) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH).putInt(MAGIC).putLong(appliedIndex);
        bytes.putInt(crc(bytes.array())).flip();
        try (FileChannel out = FileChannel.open(
                directory.resolve(FILE),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
            parent.force(true);
        }
    }

    /** The index; empty if the mark is absent or damaged, in which case the snapshot itself has to be looked at. */
    static OptionalLong read(Path directory) {
        try {
            byte[] bytes = Files.readAllBytes(directory.resolve(FILE));
            ByteBuffer in = ByteBuffer.wrap(bytes);
            if (bytes.length == LENGTH && in.getInt() == MAGIC) {
                long index = in.getLong();
                if (in.getInt() == crc(bytes)) {
                    return OptionalLong.of(index);
                }
            }
            LOG.warn("The mark {} in {} is damaged", FILE, directory);
        } catch (IOException e) {
            LOG.warn("Can't read the mark {} in {}", FILE, directory, e);
        }
        return OptionalLong.empty();
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, LENGTH - 4);
        return (int) crc.getValue();
    }
}
