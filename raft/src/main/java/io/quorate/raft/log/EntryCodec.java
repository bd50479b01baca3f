package io.quorate.raft.log;

import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.LogEntry;
import io.quorate.core.quota.Names;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Entries to bytes and back. Leader and followers alike decode what the log holds. */
public final class EntryCodec {
    /** The largest command that is taken into the log, in bytes. */
    public static final int COMMAND_BYTES_MAX = 8 << 20;
    /** The longest name that a client may give itself, in bytes. */
    public static final int CLIENT_NAME_BYTES_MAX = 64;

    /** What any command, rule or condition takes without its names, values and charges. */
    private static final int FIXED_BYTES_MAX = 256;

    private static final int CHARGE_BYTES_MAX = 16;
    private static final int UTF8_BYTES_MAX = 3;
    /** A limit, all terms but roll-outs and windows, a group's name, and the lengths of lists. */
    private static final int RULE_BYTES_MAX = 176;
    /** Kind, lengths, an address or two numbers. */
    private static final int CONDITION_BYTES_MAX = 24;

    private static final int NAME_PREFIX_BYTES = 2;
    private static final int ROLLOUT_BYTES_MAX = (QuotaKey.VALUES_MAX + 1) * (NAME_PREFIX_BYTES + Names.NAME_BYTES_MAX);
    private static final int WINDOW_BYTES_MAX = 20;

    private EntryCodec() {}

    /** The bytes of a whole entry. */
    public static byte[] encode(LogEntry entry) {
        EntryEncoder encoder = new EntryEncoder();
        encoder.define(entry.limits());
        for (Command command : entry.commands()) {
            check(command);
            encoder.add(command, List.of());
        }
        return encoder.finish(entry.logTimeMillis(), entry.rulesVersion());
    }

    /**
     * The entry that the bytes between position and limit hold; the buffer isn't changed.
     *
     * @throws MalformedEntryException if they aren't an entry's
     */
    public static LogEntry decode(ByteBuffer bytes) {
        int length = bytes.remaining();
        if (bytes.hasArray()) {
            int from = bytes.arrayOffset() + bytes.position();
            return EntryDecoder.decode(bytes.array(), from, length);
        }
        byte[] copy = new byte[length];
        bytes.duplicate().get(copy);
        return EntryDecoder.decode(copy, 0, length);
    }

    /**
     * Checks that a command can stand in an entry.
     *
     * @throws IllegalArgumentException that says which bound it breaks
     */
    public static void check(Command command) {
        if (command instanceof Command.Acquire acquire) {
            if (acquire.charges().size() > Command.CHARGES_MAX) {
                throw new IllegalArgumentException("an acquire has at most " + Command.CHARGES_MAX + " charges, not "
                        + acquire.charges().size());
            }
        } else if (command instanceof Command.OpenSession open) {
            int length = open.clientName().getBytes(StandardCharsets.UTF_8).length;
            if (length > CLIENT_NAME_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "a client name has at most " + CLIENT_NAME_BYTES_MAX + " bytes, not " + length);
            }
        } else if (command instanceof Command.PutRules && sizeBytesMax(command) > COMMAND_BYTES_MAX) {
            throw new IllegalArgumentException("the rules of a namespace take at most " + COMMAND_BYTES_MAX + " bytes");
        }
    }

    /** At most so many bytes a command takes in an entry, its limits apart; cheap. */
    public static int sizeBytesMax(Command command) {
        int bytes = FIXED_BYTES_MAX;
        if (command instanceof Command.Acquire acquire) {
            List<Charge> charges = acquire.charges();
            for (int i = 0; i < charges.size(); i++) {
                bytes += CHARGE_BYTES_MAX + charges.get(i).key().bytes().length;
            }
        } else if (command instanceof Command.PutRules put) {
            for (Rule rule : put.rules().rules()) {
                bytes += sizeBytesMax(rule);
            }
        } else if (command instanceof Command.Reset reset) {
            bytes += reset.key().bytes().length;
        } else if (command instanceof Command.RenewLease renew) {
            bytes += renew.key().bytes().length;
        }
        return bytes;
    }

    private static int sizeBytesMax(Rule rule) {
        int bytes = RULE_BYTES_MAX + rule.id().length();
        for (EntryMatch match : rule.match()) {
            bytes += CONDITION_BYTES_MAX + match.name().length() + UTF8_BYTES_MAX * textLength(match.pattern());
        }
        for (String id : rule.precedence().replaces()) {
            bytes += NAME_PREFIX_BYTES + id.length();
        }
        bytes += rule.activation().rollout().isPresent() ? ROLLOUT_BYTES_MAX : 0;
        return bytes + WINDOW_BYTES_MAX * rule.activation().windows().size();
    }

    /** At most so many characters, and bytes of numbers, that a pattern is written with. */
    private static int textLength(Pattern pattern) {
        if (pattern instanceof Pattern.AnyOf list) {
            int length = 0;
            for (Pattern one : list.patterns()) {
                length += CONDITION_BYTES_MAX + textLength(one);
            }
            return length;
        }
        return pattern.text().length();
    }
}
