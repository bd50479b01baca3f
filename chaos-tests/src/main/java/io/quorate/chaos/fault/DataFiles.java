package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.ChaosNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** The files of a node that is down, for those who damage them. */
final class DataFiles {
    private DataFiles() {}

    /** Kinds of files that a node's data consists of. */
    enum Kind {
        /** A database's log of writes that aren't in its tables yet. */
        WAL,
        /** A table of a database. */
        SST,
        /** The list of a database's tables. */
        MANIFEST,
        /** Any file of a snapshot. */
        SNAPSHOT;

        boolean has(Path file) {
            String name = file.getFileName().toString();
            boolean snapshot = file.toString().contains("snapshot");
            return switch (this) {
                case WAL -> !snapshot && name.matches("[0-9]+\\.log");
                case SST -> !snapshot && name.endsWith(".sst");
                case MANIFEST -> !snapshot && name.startsWith("MANIFEST-");
                case SNAPSHOT -> snapshot;
            };
        }
    }

    /** Files of a kind that aren't empty, in the order of their names. */
    static List<Path> of(ChaosNode node, Kind kind) {
        try (Stream<Path> all = Files.walk(node.dataDirectory())) {
            return all.filter(Files::isRegularFile)
                    .filter(kind::has)
                    .filter(f -> sizeBytes(f) > 0)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static long sizeBytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Turns one bit over; gives where. */
    static String flipBit(Path file, SplittableRandom random) {
        long at = random.nextLong(sizeBytes(file));
        int bit = random.nextInt(8);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 1 << bit)}), at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "bit " + bit + " of byte " + at + " of " + sizeBytes(file);
    }

    /** Cuts the end off; gives how much. */
    static String truncate(Path file, SplittableRandom random) {
        long size = sizeBytes(file);
        long left = random.nextLong(size);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(left);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "cut at byte " + left + " of " + size;
    }

    /** Empties a node's data directory, as the documented remedy for a lost disk says: never a part of it. */
    static void wipe(ChaosNode node) {
        if (!Files.exists(node.dataDirectory())) {
            return;
        }
        try (Stream<Path> all = Files.walk(node.dataDirectory())) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
