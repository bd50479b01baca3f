package io.quorate.raft.log;

import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.Names;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32C;

/** Reads one entry of version 1. */
final class EntryDecoder {
    private final EntryReader in;
    private final List<QuotaKey> keys = new ArrayList<>();
    private final List<LimitDefinition> limits = new ArrayList<>();

    private EntryDecoder(EntryReader in) {
        this.in = in;
    }

    static LogEntry decode(byte[] bytes, int from, int end) {
        if (end - from < Layout.ITEMS_AT) {
            throw new MalformedEntryException(
                    "an entry has at least " + Layout.ITEMS_AT + " bytes, not " + (end - from));
        }
        EntryReader in = new EntryReader(bytes, from, end);
        int version = in.u8();
        if (version != Layout.VERSION) {
            throw new MalformedEntryException(
                    "entry version " + version + " isn't known; this program reads version " + Layout.VERSION);
        }
        int expected = in.u16() | in.u16() << 16;
        int actual = EntryCodec.checksum(new CRC32C(), bytes, from, end);
        if (expected != actual) {
            throw new MalformedEntryException("the checksum of an entry of " + (end - from) + " bytes is "
                    + Integer.toHexString(actual) + " and should be " + Integer.toHexString(expected));
        }
        try {
            return new EntryDecoder(in).entry();
        } catch (IllegalArgumentException e) {
            throw new MalformedEntryException("an entry breaks a bound: " + e.getMessage(), e);
        }
    }

    private LogEntry entry() {
        long logTimeMillis = in.i64();
        if (logTimeMillis < 0 || logTimeMillis > EntryCodec.LOG_TIME_MILLIS_MAX) {
            throw new MalformedEntryException("log time " + logTimeMillis + " isn't in this age");
        }
        long rulesVersion = in.i64();
        int count = in.u16();
        if (count > LogEntry.COMMANDS_MAX) {
            throw new MalformedEntryException(
                    "an entry has at most " + LogEntry.COMMANDS_MAX + " commands, not " + count);
        }
        List<Command> commands = new ArrayList<>(count);
        while (in.hasMore()) {
            int tag = in.u8();
            if (tag == Layout.LIMIT) {
                limits.add(new LimitDefinition(in.u32(), limit()));
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
                long sessionId = in.varint();
                long sequence = in.varint();
                yield new Command.Refund(sessionId, sequence, sequence - in.zigzag(), in.varint(), in.varint());
            }
            case Layout.OPEN_SESSION ->
                new Command.OpenSession(in.text("client name", EntryCodec.CLIENT_NAME_BYTES_MAX));
            case Layout.CLOSE_SESSION -> new Command.CloseSession(in.varint());
            case Layout.RESET -> new Command.Reset(key());
            case Layout.SWEEP -> new Command.Sweep(in.u32());
            case Layout.FENCE_RULES -> new Command.FenceRules(in.varint());
            case Layout.PUT_RULES -> {
                boolean conditional = in.flag();
                long version = in.varint();
                yield new Command.PutRules(rules(), conditional ? OptionalLong.of(version) : OptionalLong.empty());
            }
            default -> throw new MalformedEntryException("no item has the tag " + tag);
        };
    }

    private Command.Acquire acquire() {
        long sessionId = in.varint();
        long sequence = in.varint();
        long ackedBelow = sequence - in.zigzag();
        long requestHash = in.i64();
        long cost = in.varint();
        int count = in.count("charges", Command.CHARGES_MAX);
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

    private Charge charge() {
        return new Charge(key(), in.u32(), Mode.ofId(in.u8()));
    }

    private QuotaKey key() {
        int number = in.count("key number", keys.size());
        if (number > 0) {
            return keys.get(number - 1);
        }
        QuotaKey key = QuotaKey.ofBytes(in.blob("key", QuotaKey.BYTES_MAX));
        keys.add(key);
        return key;
    }

    private Limit limit() {
        int id = in.u8();
        Algorithm algorithm =
                Algorithm.ofId(id).orElseThrow(() -> new MalformedEntryException("no algorithm has the number " + id));
        return new Limit(algorithm, in.varint(), in.varint(), in.varint());
    }

    private RuleSet rules() {
        String namespace = in.text("namespace", Names.NAME_BYTES_MAX);
        String colocate = in.text("colocate", Names.NAME_BYTES_MAX);
        int count = in.count("rules", RuleSet.RULES_MAX);
        List<Rule> rules = new ArrayList<>(Math.min(count, in.remaining()));
        for (int i = 0; i < count; i++) {
            rules.add(rule());
        }
        return new RuleSet(namespace, colocate.isEmpty() ? Optional.empty() : Optional.of(colocate), rules);
    }

    private Rule rule() {
        String id = in.text("rule id", Names.NAME_BYTES_MAX);
        Mode mode = Mode.ofId(in.u8());
        Limit limit = limit();
        int count = in.count("conditions", QuotaKey.VALUES_MAX);
        List<EntryMatch> match = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            match.add(new EntryMatch(in.text("entry name", Names.NAME_BYTES_MAX), pattern()));
        }
        return new Rule(id, match, limit, mode);
    }

    private Pattern pattern() {
        int kind = in.u8();
        return switch (kind) {
            case Layout.PATTERN_ANY -> new Pattern.Any();
            case Layout.PATTERN_EXACT -> new Pattern.Exact(in.text("value", Names.VALUE_BYTES_MAX));
            case Layout.PATTERN_PREFIX -> new Pattern.Prefix(in.text("prefix", Names.VALUE_BYTES_MAX));
            default -> throw new MalformedEntryException("no pattern has the kind " + kind);
        };
    }
}
