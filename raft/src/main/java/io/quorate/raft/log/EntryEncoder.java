package io.quorate.raft.log;

import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes entries, one after the other, command by command. Not thread-safe.
 *
 * <p>Whoever adds a command has passed it through {@link EntryCodec#check} before, so adding can't fail.
 */
public final class EntryEncoder {
    private final EntryWriter out = new EntryWriter();
    private final KeyDictionary keys = new KeyDictionary();
    private final CommandWriter commandWriter = new CommandWriter();
    private final CRC32C checksum = new CRC32C();
    private int commandCount;

    /** Limit numbers defined in this entry; few, so a plain array is searched. */
    private int[] limitIds = new int[16];

    private int limitCount;

    public EntryEncoder() {
        restart();
    }

    /** Commands added since the last {@link #finish}. */
    public int commandCount() {
        return commandCount;
    }

    /** Bytes of the entry so far. */
    public int sizeBytes() {
        return out.size();
    }

    /** Adds a command and those of its limits that the entry doesn't define yet. */
    public void add(Command command, List<LimitDefinition> limits) {
        if (commandCount == LogEntry.COMMANDS_MAX) {
            throw new IllegalStateException("an entry has at most " + LogEntry.COMMANDS_MAX + " commands");
        }
        define(limits);
        command.accept(commandWriter);
        commandCount++;
    }

    /** The entry's bytes; the next {@link #add} begins another entry. */
    public byte[] finish(long logTimeMillis, long rulesVersion) {
        if (logTimeMillis < 0 || logTimeMillis > EntryCodec.LOG_TIME_MILLIS_MAX) {
            throw new IllegalArgumentException(
                    "log time must be 0 to " + EntryCodec.LOG_TIME_MILLIS_MAX + ", not " + logTimeMillis);
        }
        byte[] bytes = out.toBytes();
        bytes[0] = Layout.VERSION;
        EntryWriter.putI64(bytes, Layout.LOG_TIME_AT, logTimeMillis);
        EntryWriter.putI64(bytes, Layout.RULES_VERSION_AT, rulesVersion);
        bytes[Layout.COMMANDS_AT] = (byte) commandCount;
        bytes[Layout.COMMANDS_AT + 1] = (byte) (commandCount >>> 8);
        int sum = EntryCodec.checksum(checksum, bytes, 0, bytes.length);
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[Layout.CHECKSUM_AT + i] = (byte) (sum >>> (8 * i));
        }
        restart();
        return bytes;
    }

    private void restart() {
        out.restart(Layout.ITEMS_AT);
        keys.clear();
        commandCount = 0;
        limitCount = 0;
    }

    void define(List<LimitDefinition> limits) {
        for (int i = 0; i < limits.size(); i++) {
            LimitDefinition definition = limits.get(i);
            if (!isDefined(definition.limitId())) {
                if (limitCount == limitIds.length) {
                    limitIds = Arrays.copyOf(limitIds, limitCount * 2);
                }
                limitIds[limitCount++] = definition.limitId();
                out.u8(Layout.LIMIT);
                out.u32(definition.limitId());
                writeLimit(definition.limit());
            }
        }
    }

    private boolean isDefined(int limitId) {
        for (int i = 0; i < limitCount; i++) {
            if (limitIds[i] == limitId) {
                return true;
            }
        }
        return false;
    }

    private void writeLimit(Limit limit) {
        out.u8(limit.algorithm().id());
        out.varint(limit.amount());
        out.varint(limit.periodMillis());
        out.varint(limit.burst());
    }

    private void writeKey(QuotaKey key) {
        int number = keys.numberOf(key);
        if (number > 0) {
            out.varint(number);
        } else {
            out.varint(0);
            out.blob(key.bytes());
        }
    }

    /** Writes the item of one command. */
    private final class CommandWriter implements Command.Visitor<@Nullable Void> {
        @Override
        public @Nullable Void openSession(Command.OpenSession command) {
            out.u8(Layout.OPEN_SESSION);
            out.text(command.clientName());
            return null;
        }

        @Override
        public @Nullable Void closeSession(Command.CloseSession command) {
            out.u8(Layout.CLOSE_SESSION);
            out.varint(command.sessionId());
            return null;
        }

        @Override
        public @Nullable Void acquire(Command.Acquire command) {
            out.u8(Layout.ACQUIRE);
            writeRequest(command.sessionId(), command.sequence(), command.ackedBelow());
            out.i64(command.requestHash());
            out.varint(command.cost());
            List<Charge> charges = command.charges();
            int count = charges.size();
            out.varint(count);
            for (int i = 0; i < count; i++) {
                Charge charge = charges.get(i);
                writeKey(charge.key());
                out.u32(charge.limitId());
                out.u8(charge.mode().id());
            }
            return null;
        }

        @Override
        public @Nullable Void refund(Command.Refund command) {
            out.u8(Layout.REFUND);
            writeRequest(command.sessionId(), command.sequence(), command.ackedBelow());
            out.varint(command.acquireSequence());
            out.varint(command.count());
            return null;
        }

        @Override
        public @Nullable Void reset(Command.Reset command) {
            out.u8(Layout.RESET);
            writeKey(command.key());
            return null;
        }

        @Override
        public @Nullable Void sweep(Command.Sweep command) {
            out.u8(Layout.SWEEP);
            out.u32(command.countMax());
            return null;
        }

        @Override
        public @Nullable Void fenceRules(Command.FenceRules command) {
            out.u8(Layout.FENCE_RULES);
            out.varint(command.version());
            return null;
        }

        @Override
        public @Nullable Void putRules(Command.PutRules command) {
            out.u8(Layout.PUT_RULES);
            out.u8(command.ifVersion().isPresent() ? 1 : 0);
            out.varint(command.ifVersion().orElse(0));
            writeRules(command.rules());
            return null;
        }

        private void writeRequest(long sessionId, long sequence, long ackedBelow) {
            out.varint(sessionId);
            out.varint(sequence);
            out.zigzag(sequence - ackedBelow);
        }

        private void writeRules(RuleSet rules) {
            out.text(rules.namespace());
            out.text(rules.colocate().orElse(""));
            out.varint(rules.rules().size());
            for (Rule rule : rules.rules()) {
                out.text(rule.id());
                out.u8(rule.mode().id());
                writeLimit(rule.limit());
                out.varint(rule.match().size());
                for (EntryMatch match : rule.match()) {
                    out.text(match.name());
                    writePattern(match.pattern());
                }
            }
        }

        private void writePattern(Pattern pattern) {
            if (pattern instanceof Pattern.Exact exact) {
                out.u8(Layout.PATTERN_EXACT);
                out.text(exact.value());
            } else if (pattern instanceof Pattern.Prefix prefix) {
                out.u8(Layout.PATTERN_PREFIX);
                out.text(prefix.prefix());
            } else {
                out.u8(Layout.PATTERN_ANY);
            }
        }
    }
}
