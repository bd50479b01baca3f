package io.quorate.chaos.check;

import io.quorate.chaos.dump.DumpReader;
import io.quorate.chaos.dump.LoggedEntries;
import io.quorate.chaos.history.History;
import io.quorate.chaos.history.HistoryReader;
import io.quorate.chaos.history.HistoryVisitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A run's folder: {@code history.jsonl}; {@code dumps/NODE.jsonl} for each node, and {@code dumps/NODE.LIFE.jsonl} for
 * each log of it that was given up in the course of the run; and {@code uses/PROCESS-NAMESPACE.uses} for each thread of
 * a process that spent of the counter {@code NAMESPACE/all}.
 */
public record RunFolder(Path folder) implements Recorded {
    private static final String SUFFIX = ".jsonl";
    private static final String USES = ".uses";

    /** Where a node's dump is. */
    public Path dump(String node) {
        return folder.resolve("dumps").resolve(node + SUFFIX);
    }

    /** Where processes record their uses. */
    public Path useLogs() {
        return folder.resolve("uses");
    }

    @Override
    public Map<String, List<Use>> uses() {
        Map<String, List<Use>> uses = new TreeMap<>();
        if (!Files.exists(useLogs())) {
            return uses;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(useLogs(), "*" + USES)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String namespace = name.substring(name.lastIndexOf('-') + 1, name.length() - USES.length());
                uses.computeIfAbsent(namespace + "/all", key -> new ArrayList<>())
                        .addAll(UseLog.read(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the uses in " + useLogs(), e);
        }
        return uses;
    }

    @Override
    public void history(HistoryVisitor visitor) {
        HistoryReader.read(folder.resolve(History.FILE), visitor);
    }

    @Override
    public List<String> nodes() {
        List<String> nodes = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.resolve("dumps"), "*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                nodes.add(name.substring(0, name.length() - SUFFIX.length()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't list the dumps in " + folder, e);
        }
        Collections.sort(nodes);
        return nodes;
    }

    @Override
    public LoggedEntries log(String node) {
        return DumpReader.open(dump(node));
    }
}
