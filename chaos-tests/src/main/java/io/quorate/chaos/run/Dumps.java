package io.quorate.chaos.run;

import io.quorate.cli.logdump.LogDump;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.jraft.StoppedLog;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Writes what {@code quorate group dump-log --json} writes. */
final class Dumps {
    private Dumps() {}

    /** Which entries some log has that was written. */
    static final class Coverage {
        private final Map<Integer, BitSet> indexes = new TreeMap<>();

        private void add(GroupId group, long index) {
            indexes.computeIfAbsent(group.value(), g -> new BitSet()).set(Math.toIntExact(index));
        }

        /** Whether a log has an entry that isn't there, and comes before one that is. */
        boolean isExtendedBy(Path dataDirectory) {
            boolean[] more = new boolean[1];
            try (StoppedLog log = StoppedLog.open(dataDirectory)) {
                for (GroupId group : log.groups()) {
                    BitSet known = indexes.getOrDefault(group.value(), new BitSet());
                    log.read(group, (index, term, hash, entry) -> {
                        more[0] |= !known.get(Math.toIntExact(index)) && index < known.length();
                    });
                }
            } catch (IllegalStateException e) {
                return true; // damaged: what can be read of it is
            }
            return more[0];
        }
    }

    /**
     * The logs of all groups of a node that is down, from its data directory, as far as they can be read.
     *
     * @return what can't be read, and why; empty if all can
     */
    static Optional<String> write(Path dataDirectory, Path file, Coverage covered) {
        Optional<String> wrong = Optional.empty();
        try {
            Files.createDirectories(file.getParent());
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
                try (StoppedLog log = StoppedLog.open(dataDirectory)) {
                    for (GroupId group : log.groups()) {
                        wrong = wrong.or(() -> write(log, group, out, covered));
                    }
                } catch (IllegalStateException e) {
                    wrong = Optional.of(String.valueOf(e.getMessage()));
                }
            }
            return wrong;
        } catch (IOException e) {
            throw new UncheckedIOException("can't write the dump " + file, e);
        }
    }

    /** A group's log; what can't be read ends it. */
    private static Optional<String> write(StoppedLog log, GroupId group, OutputStream out, Coverage covered) {
        String[] wrong = new String[1];
        LogDump dump = new LogDump(
                (which, reader) -> {
                    try {
                        log.read(which, (index, term, hash, entry) -> {
                            reader.entry(index, term, hash, entry);
                            covered.add(which, index);
                        });
                    } catch (IllegalStateException e) {
                        wrong[0] = String.valueOf(e.getMessage());
                    }
                },
                true);
        var unused = dump.write(group, out);
        return Optional.ofNullable(wrong[0]);
    }
}
