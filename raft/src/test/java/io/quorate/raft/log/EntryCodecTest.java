package io.quorate.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Mode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntryCodecTest {
    private static final QuotaKey KEY = QuotaKey.of("shop", "per-client", List.of("42"));
    private static final LimitDefinition LIMIT = new LimitDefinition(7, Limit.of(Algorithm.GCRA, 60, 60_000));

    @Test
    void aDirectBufferAndOneInTheMiddleOfAnArrayAreReadAlikeAndNotChanged() {
        LogEntry entry = EntrySamples.golden().get("acquire-several");
        byte[] bytes = EntryCodec.encode(entry);

        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        ByteBuffer middle = ByteBuffer.allocate(bytes.length + 20);
        middle.position(11);
        middle.put(bytes).flip().position(11);

        assertThat(EntryCodec.decode(direct)).isEqualTo(entry);
        assertThat(EntryCodec.decode(middle.slice())).isEqualTo(entry);
        assertThat(EntryCodec.decode(middle)).isEqualTo(entry);
        assertThat(middle.position()).isEqualTo(11);
        assertThat(direct.position()).isZero();
    }

    @Test
    void aKeyAndALimitStandOnceInAnEntryAndAreSharedWhenRead() {
        EntryEncoder encoder = new EntryEncoder();
        encoder.add(acquire(1), List.of(LIMIT));
        int first = encoder.sizeBytes();
        encoder.add(acquire(2), List.of(LIMIT));
        int second = encoder.sizeBytes() - first;

        LogEntry decoded = EntryCodec.decode(ByteBuffer.wrap(encoder.finish(5, 1)));

        assertThat(second).isLessThan(20);
        assertThat(decoded.limits()).containsExactly(LIMIT);
        assertThat(key(decoded, 0)).isSameAs(key(decoded, 1));
    }

    @Test
    void anEncoderStartsEachEntryAnew() {
        EntryEncoder encoder = new EntryEncoder();
        encoder.add(acquire(1), List.of(LIMIT));
        byte[] first = encoder.finish(5, 1);
        encoder.add(acquire(1), List.of(LIMIT));
        byte[] again = encoder.finish(5, 1);

        assertThat(encoder.commandCount()).isZero();
        assertThat(again).isEqualTo(first);
        assertThat(EntryCodec.decode(ByteBuffer.wrap(encoder.finish(6, 2))))
                .isEqualTo(new LogEntry(6, 2, List.of(), List.of()));
    }

    @Test
    void aCommandNeverTakesMoreThanItsBound() {
        List<Charge> charges = new ArrayList<>();
        for (int i = 0; i < Command.CHARGES_MAX; i++) {
            QuotaKey key = QuotaKey.of("n".repeat(64), "r".repeat(64), Collections.nCopies(16, i + "v".repeat(250)));
            charges.add(new Charge(key, -i, Mode.SHADOW));
        }
        Command largest = new Command.Acquire(-1, -1, Long.MIN_VALUE, -1, -1, charges);
        List<Command> commands = new ArrayList<>(List.of(largest));
        EntrySamples.golden().values().forEach(entry -> commands.addAll(entry.commands()));
        for (int i = 0; i < 200; i++) {
            commands.add(EntrySamples.randomRules(new Random(i)));
        }

        for (Command command : commands) {
            EntryEncoder encoder = new EntryEncoder();
            int before = encoder.sizeBytes();
            encoder.add(command, List.of());
            assertThat(encoder.sizeBytes() - before)
                    .as("%s", command.getClass())
                    .isLessThanOrEqualTo(EntryCodec.sizeBytesMax(command));
        }
    }

    @Test
    void whatCantStandInAnEntryIsRefusedBeforehand() {
        Command tooMany = new Command.Acquire(
                1, 1, 1, 0, 1, Collections.nCopies(Command.CHARGES_MAX + 1, new Charge(KEY, 7, Mode.ENFORCE)));

        assertThatThrownBy(() -> EntryCodec.check(tooMany))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("128 charges, not 129");
        assertThatThrownBy(() -> EntryCodec.check(new Command.OpenSession("\u00e9".repeat(33))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("64 bytes, not 66");
        assertThatThrownBy(() -> new EntryEncoder().finish(-1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not -1");
        assertThatThrownBy(() -> new EntryEncoder().finish(LogEntry.LOG_TIME_MILLIS_MAX + 1, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anEntryIsFullAtItsMost() {
        EntryEncoder encoder = new EntryEncoder();
        for (int i = 0; i < LogEntry.COMMANDS_MAX; i++) {
            encoder.add(acquire(i), List.of(LIMIT));
        }

        assertThatThrownBy(() -> encoder.add(acquire(0), List.of())).isInstanceOf(IllegalStateException.class);
        assertThat(EntryCodec.decode(ByteBuffer.wrap(encoder.finish(5, 1))).commands())
                .hasSize(LogEntry.COMMANDS_MAX);
    }

    private static QuotaKey key(LogEntry entry, int command) {
        return ((Command.Acquire) entry.commands().get(command))
                .charges()
                .get(0)
                .key();
    }

    private static Command acquire(long sequence) {
        return new Command.Acquire(5, sequence, 1, 0, 1, List.of(new Charge(KEY, 7, Mode.ENFORCE)));
    }
}
