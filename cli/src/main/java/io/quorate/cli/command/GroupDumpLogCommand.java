package io.quorate.cli.command;

import io.quorate.cli.logdump.LogDump;
import io.quorate.cli.text.Table;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.jraft.StoppedLog;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes what is in a stopped node's log. */
@Command(
        name = "dump-log",
        description = "Write the log of a stopped node, entry by entry, as JSON lines.",
        footer = {
            "",
            "Each line is an entry: group, index, term, log time, the digest of its bytes, its commands, and, at",
            "every 1,000th index and the last, the digest of the state behind it.",
            "The node must not run; nothing of its data is changed. What it cut from the log after a snapshot isn't",
            "there any more, unless it ran with raft.keep-log: true; what is missing is said.",
            "The end of a log may hold entries that were never committed."
        })
final class GroupDumpLogCommand implements Callable<Integer> {
    @Option(names = "--data", required = true, paramLabel = "DIR", description = "The node's data directory.")
    private Path data = Path.of("");

    @Option(names = "--group", paramLabel = "G", description = "Only this group. Default: all.")
    private @Nullable Integer group;

    @Option(names = "--out", paramLabel = "FILE", description = "Write the lines to a new file, and show a summary.")
    private @Nullable Path file;

    @Option(names = "--brief", description = "Leave the commands out.")
    private boolean brief;

    private final CommandContext context;

    GroupDumpLogCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        try (StoppedLog log = StoppedLog.open(data)) {
            List<GroupId> groups = groups(log);
            LogDump dump = new LogDump(log::read, !brief);
            List<LogDump.Summary> summaries = new ArrayList<>();
            try (OutputStream out = open()) {
                for (GroupId each : groups) {
                    summaries.add(dump.write(each, out));
                }
            }
            report(summaries);
            return ExitCode.OK;
        } catch (IllegalStateException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        } catch (IOException | UncheckedIOException e) {
            if (file == null) {
                throw new OutputClosed();
            }
            throw CommandFailure.usage("can't write " + file + ": " + e.getMessage());
        }
    }

    private List<GroupId> groups(StoppedLog log) {
        List<GroupId> all = log.groups();
        Integer wanted = group;
        if (wanted == null) {
            return all;
        }
        List<GroupId> one = all.stream().filter(id -> id.value() == wanted).toList();
        if (one.isEmpty()) {
            throw CommandFailure.usage("the log in " + data + " has no entries of group " + wanted + "; it has "
                    + all.stream().map(id -> String.valueOf(id.value())).toList());
        }
        return one;
    }

    private OutputStream open() throws IOException {
        Path target = file;
        return target == null
                ? new Unclosed(context.out())
                : new BufferedOutputStream(Files.newOutputStream(target, StandardOpenOption.CREATE_NEW), 1 << 16);
    }

    private void report(List<LogDump.Summary> summaries) {
        for (LogDump.Summary summary : summaries) {
            if (!summary.isWhole()) {
                context.note("quorate: group " + summary.group().value() + ": " + summary.missing() + " entries before "
                        + summary.lastIndex() + " aren't in this log any more (a snapshot has their effect), so no"
                        + " state's digest could be made");
            }
        }
        if (file == null) {
            return;
        }
        if (context.json()) {
            context.json(summaries.stream()
                    .map(s -> CommandContext.object(
                            "group", s.group().value(),
                            "first_index", s.firstIndex(),
                            "last_index", s.lastIndex(),
                            "entries", s.entries(),
                            "missing", s.missing()))
                    .toList());
            return;
        }
        Table table = Table.of("group", "first", "last", "entries", "missing").right(0, 1, 2, 3, 4);
        summaries.forEach(s -> table.row(s.group().value(), s.firstIndex(), s.lastIndex(), s.entries(), s.missing()));
        context.table(table);
    }

    /** Standard output, which isn't closed. */
    private static final class Unclosed extends BufferedOutputStream {
        private final PrintStream stream;

        Unclosed(PrintStream stream) {
            super(stream, 1 << 16);
            this.stream = stream;
        }

        @Override
        public synchronized void flush() throws IOException {
            super.flush();
            if (stream.checkError()) {
                throw new IOException("standard output is closed");
            }
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
