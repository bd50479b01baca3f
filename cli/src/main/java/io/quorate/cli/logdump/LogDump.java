package io.quorate.cli.logdump;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.quota.GroupId;
import io.quorate.core.quota.Limit;
import io.quorate.raft.jraft.StoppedLog;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Writes the log of a group as JSON lines, one per entry.
 *
 * <pre>{@code
 * {"group":1,"index":9,"term":2,"log_time_ms":1764000000000,"rules_version":3,"digest":"0123456789abcdef",
 *  "limits":[{"limit":7,"algorithm":"gcra","amount":10,"period_ms":1000,"burst":10}],
 *  "commands":[{"kind":"acquire","session":4,"sequence":1,"acked_below":1,"request":"00ff","cost":1,
 *               "charges":[{"key":"shop/per-client/42","limit":7}]}],
 *  "state":"fedcba9876543210"}
 * }</pre>
 *
 * <p>{@code digest} is of the entry's bytes. {@code state} is of the group's state behind the entry, at every 1,000th
 * index and at the last entry, if the log is whole. Charges of shadow rules have {@code "shadow":true}. A log that
 * doesn't begin at 1, or has a gap, has a line {@code {"group":1,"missing_from":1,"missing_to":8}} there.
 */
public final class LogDump {
    /** A state's digest stands at multiples of this index, and at the last. */
    public static final long STATE_EVERY = 1_000;

    private static final JsonFactory JSON = new JsonFactory();

    private final Entries log;
    private final boolean withCommands;

    /**
     * A dump of a log.
     *
     * @param withCommands whether what entries consist of is shown, or only that they are there
     */
    public LogDump(Entries log, boolean withCommands) {
        this.log = log;
        this.withCommands = withCommands;
    }

    /** Where entries come from: {@link StoppedLog#read}, as a rule. */
    public interface Entries {
        /** Shows all entries of a group, in order. */
        void read(GroupId group, StoppedLog.Reader reader);
    }

    /** What was written of one group's log. */
    public record Summary(GroupId group, long firstIndex, long lastIndex, long entries, long missing) {
        /** Whether every entry from the first of the group to the last is there. */
        public boolean isWhole() {
            return missing == 0;
        }
    }

    /** Writes a group's log and doesn't close the stream. */
    public Summary write(GroupId group, OutputStream out) {
        try {
            JsonGenerator json = JSON.createGenerator(out);
            json.setRootValueSeparator(null);
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            Lines lines = new Lines(group, json, withCommands);
            log.read(group, lines);
            lines.end();
            json.close();
            out.flush();
            return lines.summary();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line per entry; an entry's line is ended when it is known whether another one follows. */
    private static final class Lines implements StoppedLog.Reader {
        private final GroupId group;
        private final JsonGenerator json;
        private final boolean withCommands;
        private final StateReplay replay = new StateReplay();
        private final CommandLines commands;
        private long first;
        private long last;
        private long entries;
        private long missing;

        Lines(GroupId group, JsonGenerator json, boolean withCommands) {
            this.group = group;
            this.json = json;
            this.withCommands = withCommands;
            this.commands = new CommandLines(json);
        }

        @Override
        public void entry(long index, long term, long bytesHash, Optional<LogEntry> entry) {
            try {
                endLine(last % STATE_EVERY == 0);
                gap(index);
                first = entries == 0 ? index : first;
                last = index;
                entries++;
                json.writeStartObject();
                json.writeNumberField("group", group.value());
                json.writeNumberField("index", index);
                json.writeNumberField("term", term);
                if (entry.isPresent()) {
                    content(entry.get());
                    replay.apply(index, term, entry.get());
                } else {
                    replay.reached(index);
                }
                json.writeStringField("digest", hex(bytesHash));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void gap(long index) throws IOException {
            if (index != last + 1) {
                missing += index - last - 1;
                json.writeStartObject();
                json.writeNumberField("group", group.value());
                json.writeNumberField("missing_from", last + 1);
                json.writeNumberField("missing_to", index - 1);
                json.writeEndObject();
                json.writeRaw('\n');
            }
        }

        private void content(LogEntry entry) throws IOException {
            json.writeNumberField("log_time_ms", entry.logTimeMillis());
            json.writeNumberField("rules_version", entry.rulesVersion());
            if (!withCommands) {
                return;
            }
            if (!entry.limits().isEmpty()) {
                json.writeArrayFieldStart("limits");
                for (LimitDefinition definition : entry.limits()) {
                    limit(definition);
                }
                json.writeEndArray();
            }
            json.writeArrayFieldStart("commands");
            for (Command command : entry.commands()) {
                commands.write(command);
            }
            json.writeEndArray();
        }

        private void limit(LimitDefinition definition) throws IOException {
            Limit limit = definition.limit();
            json.writeStartObject();
            json.writeNumberField("limit", definition.limitId());
            json.writeStringField("algorithm", limit.algorithm().label());
            json.writeNumberField("amount", limit.amount());
            json.writeNumberField("period_ms", limit.periodMillis());
            json.writeNumberField("burst", limit.burst());
            json.writeEndObject();
        }

        private void endLine(boolean withState) throws IOException {
            if (entries == 0) {
                return;
            }
            OptionalLong state = replay.digest();
            if (withState && state.isPresent()) {
                json.writeStringField("state", hex(state.getAsLong()));
            }
            json.writeEndObject();
            json.writeRaw('\n');
        }

        void end() throws IOException {
            endLine(true);
        }

        Summary summary() {
            return new Summary(group, first, last, entries, missing);
        }
    }

    static String hex(long value) {
        return String.format("%016x", value);
    }
}
