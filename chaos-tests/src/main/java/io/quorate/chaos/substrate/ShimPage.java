package io.quorate.chaos.substrate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** The page that tells a process with {@code shim.c} preloaded which clock and which syncs it sees. */
final class ShimPage implements ClockControl {
    private static final int BYTES = 4096;
    private static final int OFFSET_NANOS = 0;
    private static final int DRIFT_PPM = 8;
    private static final int DRIFT_SINCE_NANOS = 16;
    private static final int SYNCS = 24;
    private static final int SYNC_DELAY_MICROS = 32;

    private final Path file;

    ShimPage(Path file) {
        this.file = file;
        try {
            Files.write(file, new byte[BYTES]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file() {
        return file;
    }

    @Override
    public void offsetMillis(long millis) {
        put(OFFSET_NANOS, TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Override
    public void driftPpm(int millionths) {
        put(DRIFT_PPM, 0);
        put(DRIFT_SINCE_NANOS, TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));
        put(DRIFT_PPM, millionths);
    }

    @Override
    public void reset() {
        put(OFFSET_NANOS, 0);
        put(DRIFT_PPM, 0);
    }

    void syncs(DiskControl.Syncs syncs) {
        put(SYNCS, syncs.ordinal());
    }

    void syncDelayMillis(int millis) {
        put(SYNC_DELAY_MICROS, TimeUnit.MILLISECONDS.toMicros(millis));
    }

    private void put(int at, long value) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(0, value);
            channel.write(bytes, at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
