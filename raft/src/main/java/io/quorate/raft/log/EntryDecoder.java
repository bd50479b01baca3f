package io.quorate.raft.log;

import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.Names;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Effect;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import io.quorate.storage.codec.ByteReader;
import io.quorate.storage.codec.MalformedException;
import io.quorate.storage.codec.PatternCodec;
import io.quorate.storage.codec.TermsCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads one entry of version 1. */
final class EntryDecoder {
    /** An id, the mode, the mark of an unlimited rule, and the number of conditions. */
    private static final int RULE_BYTES_MIN = 5;

    private final ByteReader in;
    private final List<QuotaKey> keys = new ArrayList<>();
    private final List<LimitDefinition> limits = new ArrayList<>();

    private EntryDecoder(ByteReader in) {
        this.in = in;
    }

    static LogEntry decode(byte[] bytes, int from, int count) {
        try {
            ByteReader in = new ByteReader(bytes, from, count);
            int version = in.readByte();
            if (version != Layout.VERSION) {
                throw new MalformedEntryException(
                        "entry version " + version + " isn't known; this program reads version " + Layout.VERSION);
            }
            in.readChecksumAtEnd(from);
            return new EntryDecoder(in).entry();
        } catch (MalformedException | IllegalArgumentException e) {
            throw new MalformedEntryException("an entry of " + count + " bytes can't be read: " + e.getMessage(), e);
        }
    }

    private LogEntry entry() {
        long logTimeMillis = in.readFixedLong();
        if (logTimeMillis < 0 || logTimeMillis > LogEntry.LOG_TIME_MILLIS_MAX) {
            throw new MalformedEntryException("log time " + logTimeMillis + " isn't in this age");
        }
        long rulesVersion = in.readFixedLong();
        int count = in.readFixedInt();
        if (count < 0 || count > LogEntry.COMMANDS_MAX) {
            throw new MalformedEntryException(
                    "an entry has at most " + LogEntry.COMMANDS_MAX + " commands, not " + count);
        }
        List<Command> commands = new ArrayList<>(count);
        while (in.remaining() > 0) {
            int tag = in.readByte();
            if (tag == Layout.LIMIT) {
                limits.add(new LimitDefinition(in.readVarInt(), limit()));
            } else {
                if (commands.size() == count) {
                    throw new MalformedEntryException("an entry has more commands than its count of " + count);
                }
                commands.add(command(tag));
            }
        }
        if (commands.size() != count) {
            throw new MalformedEntryException("an entry has " + commands.size() + " commands and should have " + count);
        }
        return new LogEntry(logTimeMillis, rulesVersion, limits, commands);
    }

    private Command command(int tag) {
        return switch (tag) {
            case Layout.ACQUIRE -> acquire();
            case Layout.REFUND -> {
                long sessionId = in.readVarLong();
                long sequence = in.readVarLong();
                yield new Command.Refund(
                        sessionId, sequence, sequence - in.readZigzag(), in.readVarLong(), in.readVarLong());
            }
            case Layout.OPEN_SESSION -> new Command.OpenSession(in.readString(EntryCodec.CLIENT_NAME_BYTES_MAX));
            case Layout.CLOSE_SESSION -> new Command.CloseSession(in.readVarLong());
            case Layout.RESET -> new Command.Reset(key());
            case Layout.SWEEP -> new Command.Sweep(in.readVarInt());
            case Layout.FENCE_RULES -> new Command.FenceRules(in.readVarLong());
            case Layout.PUT_RULES -> {
                boolean conditional = in.readBoolean();
                long version = in.readVarLong();
                yield new Command.PutRules(rules(), conditional ? OptionalLong.of(version) : OptionalLong.empty());
            }
            case Layout.RENEW_LEASE -> renewLease();
            case Layout.SETTLE_RULES -> new Command.SettleRules();
            default -> throw new MalformedEntryException("no item has the tag " + tag);
        };
    }

    private Command.Acquire acquire() {
        long sessionId = in.readVarLong();
        long sequence = in.readVarLong();
        long ackedBelow = sequence - in.readZigzag();
        long requestHash = in.readFixedLong();
        long cost = in.readVarLong();
        int count = in.readCount(Command.CHARGES_MAX, 3);
        List<Charge> charges;
        if (count == 1) {
            charges = List.of(charge());
        } else {
            Charge[] read = new Charge[count];
            for (int i = 0; i < count; i++) {
                read[i] = charge();
            }
            charges = List.of(read);
        }
        return new Command.Acquire(sessionId, sequence, ackedBelow, requestHash, cost, charges);
    }

    private Command.RenewLease renewLease() {
        return new Command.RenewLease(
                in.readVarLong(),
                key(),
                in.readVarInt(),
                in.readVarLong(),
                in.readVarLong(),
                in.readVarLong(),
                in.readVarLong(),
                in.readVarLong(),
                in.readVarLong(),
                in.readVarLong());
    }

    private Charge charge() {
        return new Charge(key(), in.readVarInt(), mode());
    }

    private QuotaKey key() {
        int number = in.readCount(keys.size(), 0);
        if (number > 0) {
            return keys.get(number - 1);
        }
        QuotaKey key = QuotaKey.ofBytes(in.readBytes(QuotaKey.BYTES_MAX));
        keys.add(key);
        return key;
    }

    private Mode mode() {
        int id = in.readByte();
        return id == Mode.ENFORCE.id() ? Mode.ENFORCE : Mode.ofId(id);
    }

    private Limit limit() {
        int id = in.readByte();
        Algorithm algorithm =
                Algorithm.ofId(id).orElseThrow(() -> new MalformedEntryException("no algorithm has the number " + id));
        return new Limit(algorithm, in.readVarLong(), in.readVarLong(), in.readVarLong());
    }

    private RuleSet rules() {
        String namespace = in.readString(Names.NAME_BYTES_MAX);
        String colocate = in.readString(Names.NAME_BYTES_MAX);
        int count = in.readCount(RuleSet.RULES_MAX, RULE_BYTES_MIN);
        List<Rule> rules = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rules.add(rule());
        }
        return new RuleSet(namespace, colocate.isEmpty() ? Optional.empty() : Optional.of(colocate), rules);
    }

    private Rule rule() {
        String id = in.readString(Names.NAME_BYTES_MAX);
        int mode = in.readByte();
        Effect effect = TermsCodec.readEffect(in);
        int count = in.readCount(Rule.CONDITIONS_MAX, 2);
        List<EntryMatch> match = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            match.add(condition(in.readString(Names.NAME_BYTES_MAX)));
        }
        return TermsCodec.readTerms(in, mode, id, match, effect);
    }

    private EntryMatch condition(String name) {
        int first = in.readByte();
        int kind = first & ~PatternCodec.COUNTED_OTHERWISE;
        Pattern pattern = switch (kind) {
            case Layout.PATTERN_ANY -> new Pattern.Any();
            case Layout.PATTERN_EXACT -> new Pattern.Exact(in.readString(Names.VALUE_BYTES_MAX));
            case Layout.PATTERN_PREFIX -> new Pattern.Prefix(in.readString(Names.VALUE_BYTES_MAX));
            default -> PatternCodec.read(kind, in);
        };
        return PatternCodec.condition(name, pattern, first);
    }
}
