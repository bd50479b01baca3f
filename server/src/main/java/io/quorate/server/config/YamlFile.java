package io.quorate.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A configuration file as a tree of YAML nodes, bounded in size and depth before anything is built of it.
 * Anchors and aliases are refused: a small file could unfold to a huge one.
 */
final class YamlFile {
    static final int BYTES_MAX = 1 << 20;
    static final int DEPTH_MAX = 16;

    private YamlFile() {}

    static Setting read(Path path) {
        String file = String.valueOf(path.getFileName());
        String text = text(path, file);
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setCodePointLimit(BYTES_MAX)
                .setAllowDuplicateKeys(false)
                .setMaxAliasesForCollections(1)
                .build();
        try {
            checkEvents(file, new Parse(settings).parseString(text));
            Optional<Node> root = new Compose(settings).composeString(text);
            return Setting.ofNode(
                    file,
                    file,
                    root.orElseThrow(() -> new ConfigException(file + ": the file is empty; it needs at"
                            + " least cluster, node, data, nodes and groups")));
        } catch (MarkedYamlEngineException e) {
            throw new ConfigException(place(file, e.getProblemMark()) + ": not valid YAML: " + e.getProblem(), e);
        } catch (YamlEngineException e) {
            throw new ConfigException(file + ": not valid YAML: " + firstLine(e), e);
        }
    }

    private static String text(Path path, String file) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(BYTES_MAX + 1);
        } catch (IOException e) {
            throw new ConfigException(path + ": can't be read: " + e, e);
        }
        if (bytes.length > BYTES_MAX) {
            throw new ConfigException(file + ": is larger than " + Units.ofBytes(BYTES_MAX) + ", the most it may be");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ConfigException(file + ": must be text in UTF-8", e);
        }
    }

    private static void checkEvents(String file, Iterable<Event> events) {
        int depth = 0;
        int documents = 0;
        for (Event event : events) {
            boolean anchored =
                    event instanceof NodeEvent node && node.getAnchor().isPresent();
            if (anchored || event instanceof AliasEvent) {
                throw new ConfigException(place(file, event.getStartMark())
                        + ": anchors (&) and aliases (*) aren't allowed; write the value out");
            }
            if (event instanceof CollectionStartEvent && ++depth > DEPTH_MAX) {
                throw new ConfigException(
                        place(file, event.getStartMark()) + ": nested deeper than " + DEPTH_MAX + " levels");
            }
            if (event instanceof CollectionEndEvent) {
                depth--;
            }
            if (event instanceof DocumentStartEvent && ++documents > 1) {
                throw new ConfigException(
                        place(file, event.getStartMark()) + ": a second document begins; the file may have one");
            }
        }
    }

    private static String place(String file, Optional<Mark> mark) {
        return mark.map(m -> file + ":" + (m.getLine() + 1) + ":" + (m.getColumn() + 1))
                .orElse(file);
    }

    private static String firstLine(YamlEngineException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
