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

/** A run's folder: {@code history.jsonl}, and {@code dumps/NODE.jsonl} for each node. */
public record RunFolder(Path folder) implements Recorded {
    private static final String SUFFIX = ".jsonl";

    /** Where a node's dump is. */
    public Path dump(String node) {
        return folder.resolve("dumps").resolve(node + SUFFIX);
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
