package io.quorate.raft.log;

import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.LogEntry;
import io.quorate.core.quota.Names;
import io.quorate.core.rule.EntryMatch;
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
                bytes += FIXED_BYTES_MAX + Names.NAME_BYTES_MAX;
                for (EntryMatch match : rule.match()) {
                    bytes += FIXED_BYTES_MAX + Names.NAME_BYTES_MAX;
                    bytes += UTF8_BYTES_MAX * match.pattern().text().length();
                }
            }
        } else if (command instanceof Command.Reset reset) {
            bytes += reset.key().bytes().length;
        } else if (command instanceof Command.RenewLease renew) {
            bytes += renew.key().bytes().length;
        }
        return bytes;
    }
}
