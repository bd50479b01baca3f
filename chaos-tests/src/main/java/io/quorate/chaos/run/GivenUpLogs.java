package io.quorate.chaos.run;

import io.quorate.chaos.check.GivenUp;
import io.quorate.chaos.check.RunFolder;
import io.quorate.chaos.history.History;
import io.quorate.chaos.substrate.ChaosNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The logs of nodes that lost their data in the course of a run, copied before: what a node had and others don't have
 * any more is still to be judged.
 */
final class GivenUpLogs {
    private record Kept(GivenUp log, Path copy) {}

    private final Path folder;
    private final History history;
    private final Map<String, Integer> lives = new HashMap<>();
    private final List<Kept> kept = new ArrayList<>();

    GivenUpLogs(Path folder, History history) {
        this.folder = folder;
        this.history = history;
    }

    /** Copies the log of a node that is down. */
    void keep(ChaosNode node) {
        Path log = node.dataDirectory().resolve("log");
        if (!Files.exists(log)) {
            return;
        }
        int life = lives.merge(node.id(), 1, Integer::sum);
        GivenUp lost = new GivenUp(node.id(), life, System.nanoTime());
        Path copy = folder.resolve(lost.name());
        copy(log, copy.resolve("log"));
        history.note(GivenUp.NOTE, lost.text());
        kept.add(new Kept(lost, copy));
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            Files.createDirectories(to);
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't copy the log " + from, e);
        }
    }

    /** Writes those that have entries which {@code known} lacks, and removes the copies; what couldn't be read. */
    List<String> write(RunFolder run, Dumps.Coverage known) {
        List<String> unread = new ArrayList<>();
        for (Kept each : kept) {
            if (known.isExtendedBy(each.copy())) {
                Dumps.write(each.copy(), run.dump(each.log().name()), known)
                        .ifPresent(why -> unread.add(each.log().name() + ": " + why));
            }
            remove(each.copy());
        }
        return unread;
    }

    private static void remove(Path copy) {
        try (Stream<Path> files = Files.walk(copy)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't remove " + copy, e);
        }
    }
}
