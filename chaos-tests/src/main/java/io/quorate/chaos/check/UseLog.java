package io.quorate.chaos.check;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The file of one thread's uses, each written through to the operating system before it counts as done: a killed
 * process loses the one at most that it was about to write. For one thread.
 */
public final class UseLog implements AutoCloseable {
    /** The name of a history's note of a namespace that is asked for by processes which record their uses alone. */
    public static final String NOTE = "uses";

    /** What a use takes. */
    public static final int RECORD_BYTES = 24;

    private final FileChannel file;
    private final ByteBuffer record = ByteBuffer.allocateDirect(RECORD_BYTES);

    /** A new file. */
    public UseLog(Path path) throws IOException {
        this.file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    public void append(Use use) throws IOException {
        record.clear()
                .putLong(use.askedNanos())
                .putLong(use.answeredNanos())
                .putInt(Math.toIntExact(use.tokens()))
                .putInt(use.outcome().ordinal())
                .flip();
        while (record.hasRemaining()) {
            file.write(record);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** All whole records of a file. */
    public static List<Use> read(Path path) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
        List<Use> uses = new ArrayList<>(bytes.remaining() / RECORD_BYTES);
        while (bytes.remaining() >= RECORD_BYTES) {
            uses.add(new Use(bytes.getLong(), bytes.getLong(), bytes.getInt(), Use.Outcome.values()[bytes.getInt()]));
        }
        return uses;
    }
}
