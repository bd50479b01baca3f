package io.quorate.chaos.run;

import io.quorate.chaos.substrate.ChaosNode;
import io.quorate.cli.logdump.LogDump;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.jraft.StoppedLog;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes what {@code quorate group dump-log --json} writes. */
final class Dumps {
    private Dumps() {}

    /** The logs of all groups of a node that is down. */
    static void write(ChaosNode node, Path file) {
        try {
            Files.createDirectories(file.getParent());
            try (StoppedLog log = StoppedLog.open(node.dataDirectory());
                    OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
                LogDump dump = new LogDump(log::read, true);
                for (GroupId group : log.groups()) {
                    dump.write(group, out);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't write the dump of " + node.id(), e);
        }
    }
}
