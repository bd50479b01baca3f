package io.quorate.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.command.LogEntry;
import io.quorate.storage.codec.Checksum;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random entries and random damage; -Dseed= repeats a run. */
class EntryCodecPropertiesTest {
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void whatIsWrittenIsReadBack() {
        for (int i = 0; i < 100; i++) {
            LogEntry entry = EntrySamples.random(random);
            byte[] bytes = EntryCodec.encode(entry);
            LogEntry decoded = EntryCodec.decode(ByteBuffer.wrap(bytes));
            assertThat(decoded).as("seed %d, entry %d", seed, i).isEqualTo(entry);
            assertThat(EntryCodec.encode(decoded))
                    .as("seed %d, entry %d again", seed, i)
                    .isEqualTo(bytes);
        }
    }

    @Test
    void damagedBytesAreRefused() {
        List<byte[]> samples = samples();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = samples.get(random.nextInt(samples.size()));
            byte[] damaged = damage(bytes);
            if (!Arrays.equals(bytes, damaged)) {
                assertThatThrownBy(() -> EntryCodec.decode(ByteBuffer.wrap(damaged)))
                        .as("seed %d, damage %d", seed, i)
                        .isInstanceOf(MalformedEntryException.class);
            }
        }
    }

    /** Not what a disk does, but what shows that the reader itself trusts nothing. */
    @Test
    void damageUnderARightChecksumIsRefusedOrReadAsSomethingElse() {
        List<byte[]> samples = samples();
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = damage(samples.get(random.nextInt(samples.size())));
            if (damaged.length < Integer.BYTES) {
                continue;
            }
            int sumAt = damaged.length - Integer.BYTES;
            ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(sumAt, Checksum.of(damaged, 0, sumAt));
            try {
                assertThat(EntryCodec.decode(ByteBuffer.wrap(damaged)).commands())
                        .as("seed %d, damage %d", seed, i)
                        .hasSizeLessThanOrEqualTo(LogEntry.COMMANDS_MAX);
            } catch (MalformedEntryException e) {
                refused++;
                assertThat(e.getMessage()).as("seed %d, damage %d", seed, i).isNotBlank();
            }
        }
        assertThat(refused).as("seed %d", seed).isPositive();
    }

    private List<byte[]> samples() {
        List<byte[]> samples = new ArrayList<>();
        EntrySamples.golden().values().forEach(entry -> samples.add(EntryCodec.encode(entry)));
        return samples;
    }

    private byte[] damage(byte[] bytes) {
        byte[] damaged = bytes.clone();
        switch (random.nextInt(4)) {
            case 0 -> damaged = Arrays.copyOf(bytes, random.nextInt(bytes.length + 40));
            case 1 -> damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            case 2 -> {
                int from = random.nextInt(bytes.length);
                int to = Math.min(bytes.length, from + 1 + random.nextInt(8));
                Arrays.fill(damaged, from, to, (byte) (random.nextBoolean() ? 0xff : 0));
            }
            default -> {
                for (int i = 0; i < 4; i++) {
                    damaged[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
        }
        return damaged;
    }
}
