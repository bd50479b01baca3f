package io.quorate.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What one append of 4 KiB with fdatasync costs on this disk, now: the floor of every durable decision. */
final class DiskProbe {
    private DiskProbe() {}

    /** Latencies in nanoseconds of appends to a file in {@code directory} for {@code millis}. */
    static Histogram run(Path directory, long millis) {
        Histogram histogram = new Histogram(TimeUnit.SECONDS.toNanos(60), 3);
        try (FileChannel file = FileChannel.open(
                directory.resolve("disk-probe"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE)) {
            ByteBuffer block = ByteBuffer.allocateDirect(4096);
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            while (System.nanoTime() - end < 0) {
                block.clear();
                long start = System.nanoTime();
                while (block.hasRemaining()) {
                    file.write(block);
                }
                file.force(false);
                histogram.recordValue(System.nanoTime() - start);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the disk can't be measured", e);
        }
        return histogram;
    }
}
