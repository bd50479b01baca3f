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
import io.quorate.storage.codec.ByteWriter;
import io.quorate.storage.codec.PatternCodec;
import io.quorate.storage.codec.TermsCodec;
import java.util.Arrays;
import java.util.List;

/**
 * Writes entries, one after the other, command by command. Not thread-safe.
 *
 * <p>Whoever adds a command has passed it through {@link EntryCodec#check} before, so adding can't fail.
 */
public final class EntryEncoder {
    private static final int INITIAL_BYTES = 1 << 14;
    /** A buffer that grew beyond this is not kept for the next entry. */
    private static final int KEPT_BYTES_MAX = 1 << 20;

    private ByteWriter out = new ByteWriter(INITIAL_BYTES);
    private final KeyDictionary keys = new KeyDictionary();
    private final CommandWriter commandWriter = new CommandWriter();
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
        if (logTimeMillis < 0 || logTimeMillis > LogEntry.LOG_TIME_MILLIS_MAX) {
            throw new IllegalArgumentException(
                    "log time must be 0 to " + LogEntry.LOG_TIME_MILLIS_MAX + ", not " + logTimeMillis);
        }
        setFixedLong(Layout.LOG_TIME_AT, logTimeMillis);
        setFixedLong(Layout.RULES_VERSION_AT, rulesVersion);
        out.setFixedInt(Layout.COMMANDS_AT, commandCount);
        out.putChecksum(0);
        byte[] bytes = out.toByteArray();
        restart();
        return bytes;
    }

    private void restart() {
        if (out.array().length > KEPT_BYTES_MAX) {
            out = new ByteWriter(INITIAL_BYTES);
        }
        out.clear();
        out.putByte(Layout.VERSION).putFixedLong(0).putFixedLong(0).putFixedInt(0); // set when finished
        keys.clear();
        commandCount = 0;
        limitCount = 0;
    }

    private void setFixedLong(int at, long value) {
        out.setFixedInt(at, (int) value);
        out.setFixedInt(at + Integer.BYTES, (int) (value >>> Integer.SIZE));
    }

    void define(List<LimitDefinition> limits) {
        for (int i = 0; i < limits.size(); i++) {
            LimitDefinition definition = limits.get(i);
            if (!isDefined(definition.limitId())) {
                if (limitCount == limitIds.length) {
                    limitIds = Arrays.copyOf(limitIds, limitCount * 2);
                }
                limitIds[limitCount++] = definition.limitId();
                out.putByte(Layout.LIMIT);
                out.putVarInt(definition.limitId());
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
        out.putByte(limit.algorithm().id());
        out.putVarLong(limit.amount());
        out.putVarLong(limit.periodMillis());
        out.putVarLong(limit.burst());
    }

    private void writeKey(QuotaKey key) {
        int number = keys.numberOf(key);
        if (number > 0) {
            out.putVarLong(number);
        } else {
            out.putVarLong(0);
            out.putBytes(key.bytes());
        }
    }

    /** Writes the item of one command. */
    private final class CommandWriter implements Command.Visitor<Boolean> {
        @Override
        public Boolean openSession(Command.OpenSession command) {
            out.putByte(Layout.OPEN_SESSION);
            out.putString(command.clientName());
            return true;
        }

        @Override
        public Boolean closeSession(Command.CloseSession command) {
            out.putByte(Layout.CLOSE_SESSION);
            out.putVarLong(command.sessionId());
            return true;
        }

        @Override
        public Boolean acquire(Command.Acquire command) {
            out.putByte(Layout.ACQUIRE);
            writeRequest(command.sessionId(), command.sequence(), command.ackedBelow());
            out.putFixedLong(command.requestHash());
            out.putVarLong(command.cost());
            List<Charge> charges = command.charges();
            int count = charges.size();
            out.putVarLong(count);
            for (int i = 0; i < count; i++) {
                Charge charge = charges.get(i);
                writeKey(charge.key());
                out.putVarInt(charge.limitId());
                out.putByte(charge.mode().id());
            }
            return true;
        }

        @Override
        public Boolean refund(Command.Refund command) {
            out.putByte(Layout.REFUND);
            writeRequest(command.sessionId(), command.sequence(), command.ackedBelow());
            out.putVarLong(command.acquireSequence());
            out.putVarLong(command.count());
            return true;
        }

        @Override
        public Boolean reset(Command.Reset command) {
            out.putByte(Layout.RESET);
            writeKey(command.key());
            return true;
        }

        @Override
        public Boolean sweep(Command.Sweep command) {
            out.putByte(Layout.SWEEP);
            out.putVarInt(command.countMax());
            return true;
        }

        @Override
        public Boolean fenceRules(Command.FenceRules command) {
            out.putByte(Layout.FENCE_RULES);
            out.putVarLong(command.version());
            return true;
        }

        @Override
        public Boolean putRules(Command.PutRules command) {
            out.putByte(Layout.PUT_RULES);
            out.putBoolean(command.ifVersion().isPresent());
            out.putVarLong(command.ifVersion().orElse(0));
            writeRules(command.rules());
            return true;
        }

        @Override
        public Boolean settleRules(Command.SettleRules command) {
            out.putByte(Layout.SETTLE_RULES);
            return true;
        }

        @Override
        public Boolean renewLease(Command.RenewLease command) {
            out.putByte(Layout.RENEW_LEASE);
            out.putVarLong(command.sessionId());
            writeKey(command.key());
            out.putVarInt(command.limitId());
            out.putVarLong(command.leaseId());
            out.putVarLong(command.sequence());
            out.putVarLong(command.spent());
            out.putVarLong(command.returned());
            out.putVarLong(command.need());
            out.putVarLong(command.want());
            out.putVarLong(command.ttlMillis());
            return true;
        }

        private void writeRequest(long sessionId, long sequence, long ackedBelow) {
            out.putVarLong(sessionId);
            out.putVarLong(sequence);
            out.putZigzag(sequence - ackedBelow);
        }

        private void writeRules(RuleSet rules) {
            out.putString(rules.namespace());
            out.putString(rules.colocate().orElse(""));
            out.putVarLong(rules.rules().size());
            for (Rule rule : rules.rules()) {
                out.putString(rule.id());
                TermsCodec.writeMode(rule, out);
                TermsCodec.writeEffect(rule.effect(), out);
                out.putVarLong(rule.match().size());
                for (EntryMatch match : rule.match()) {
                    out.putString(match.name());
                    writePattern(match);
                }
                TermsCodec.writeTerms(rule, out);
            }
        }

        private void writePattern(EntryMatch condition) {
            Pattern pattern = condition.pattern();
            int bits = PatternCodec.bits(condition);
            if (pattern instanceof Pattern.Exact exact) {
                out.putByte(Layout.PATTERN_EXACT | bits);
                out.putString(exact.value());
            } else if (pattern instanceof Pattern.Prefix prefix) {
                out.putByte(Layout.PATTERN_PREFIX | bits);
                out.putString(prefix.prefix());
            } else if (pattern instanceof Pattern.Any) {
                out.putByte(Layout.PATTERN_ANY | bits);
            } else {
                PatternCodec.write(pattern, bits, out);
            }
        }
    }
}
