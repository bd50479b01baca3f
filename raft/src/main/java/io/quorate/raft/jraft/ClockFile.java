package io.quorate.raft.jraft;

import io.quorate.raft.apply.ClockMark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A group's {@link ClockMark} on disk, written over and over in two places by turns, so that one is always whole.
 *
 * <p>Not synced: an older mark says the same, since what counts is how log time, monotonic clock and wall clock stand
 * to each other; without any, a restarted node goes on from the last stamp in its log. Not thread-safe.
 */
final class ClockFile {
    static final int SLOT_BYTES = 128;
    private static final int MAGIC = 0x51434c31;
    private static final int BOOT_ID_BYTES_MAX = 64;
    private static final Logger LOG = LoggerFactory.getLogger(ClockFile.class);

    private final Path file;
    private long turn;
    private boolean failed;

    ClockFile(Path file) {
        this.file = file;
    }

    /** The mark written last; empty if there is none that is whole. */
    Optional<ClockMark> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Files.readAllBytes(file);
            ClockMark latest = null;
            for (int from = 0; from + SLOT_BYTES <= bytes.length && from < 2 * SLOT_BYTES; from += SLOT_BYTES) {
                byte[] slot = Arrays.copyOfRange(bytes, from, from + SLOT_BYTES);
                long turnOfSlot =
                        ByteBuffer.wrap(slot, Integer.BYTES, Long.BYTES).getLong();
                ClockMark mark = decode(slot);
                if (mark != null && (latest == null || turnOfSlot > turn)) {
                    latest = mark;
                    turn = turnOfSlot;
                }
            }
            if (latest == null) {
                LOG.warn("The clock's mark in {} is damaged; log time goes on from the last stamp", file);
            }
            return Optional.ofNullable(latest);
        } catch (IOException e) {
            LOG.warn("Can't read the clock's mark in {}; log time goes on from the last stamp", file, e);
            return Optional.empty();
        }
    }

    /** Writes the mark down. A failure is told once, and is no reason to stop. */
    void write(ClockMark mark) {
        byte[] bootId = mark.bootId().getBytes(StandardCharsets.UTF_8);
        byte[] known = bootId.length <= BOOT_ID_BYTES_MAX ? bootId : new byte[0];
        turn++;
        ByteBuffer slot = ByteBuffer.allocate(SLOT_BYTES).putInt(MAGIC).putLong(turn);
        slot.putLong(mark.term()).putLong(mark.logTimeMillis());
        slot.putLong(mark.monotonicNanos()).putLong(mark.wallMillis());
        slot.put((byte) known.length).put(known);
        slot.position(SLOT_BYTES - Integer.BYTES);
        slot.putInt(crc(slot.array())).flip();
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long at = turn % 2 * SLOT_BYTES;
            while (slot.hasRemaining()) {
                at += out.write(slot, at);
            }
            failed = false;
        } catch (IOException e) {
            if (!failed) {
                LOG.warn("Can't write the clock's mark in {}", file, e);
            }
            failed = true;
        }
    }

    private static @Nullable ClockMark decode(byte[] slot) {
        ByteBuffer in = ByteBuffer.wrap(slot);
        if (in.getInt() != MAGIC || in.getInt(SLOT_BYTES - Integer.BYTES) != crc(slot)) {
            return null;
        }
        in.getLong();
        long term = in.getLong();
        long logTimeMillis = in.getLong();
        long monotonicNanos = in.getLong();
        long wallMillis = in.getLong();
        byte[] bootId = new byte[in.get()];
        in.get(bootId);
        return new ClockMark(
                new String(bootId, StandardCharsets.UTF_8), term, logTimeMillis, monotonicNanos, wallMillis);
    }

    private static int crc(byte[] slot) {
        CRC32C crc = new CRC32C();
        crc.update(slot, 0, SLOT_BYTES - Integer.BYTES);
        return (int) crc.getValue();
    }
}
