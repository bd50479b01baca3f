package io.quorate.cli.rulefile;

import io.quorate.cli.text.Printable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads one YAML document into nodes with their places.
 *
 * <p>Works on the parser's events, not on its object graph: no value is converted (so {@code no} stays a text),
 * no alias is expanded, no tag names a type, and nesting ends at a bound.
 */
public final class YamlReader {
    /** Deepest nesting of mappings and lists; a right rule file has 5, and 2 more for each level of rules. */
    static final int DEPTH_MAX = 32;

    private final Problems problems;
    private final Iterator<Event> events;

    private YamlReader(Problems problems, String text, int sizeCharsMax) {
        this.problems = problems;
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(sizeCharsMax)
                .setUseMarks(true)
                .build();
        this.events = new Parse(settings).parseString(text).iterator();
    }

    /** The document's root; empty if the text has no document or breaks YAML, and then the problem is reported. */
    public static Optional<YamlNode> read(Problems problems, String text, int sizeCharsMax) {
        try {
            return new YamlReader(problems, text, sizeCharsMax).document();
        } catch (TooDeep e) {
            problems.add(
                    e.line,
                    e.column,
                    "nested deeper than " + DEPTH_MAX,
                    "a rule file needs 5 levels, and 2 for each level of rules below rules");
        } catch (ReaderException e) {
            unreadable(problems, text, e);
        } catch (MarkedYamlEngineException e) {
            broken(problems, e);
        } catch (YamlEngineException e) {
            problems.add(1, 1, "not YAML: " + oneLine(e.getMessage()), "write a mapping with namespace and rules");
        }
        return Optional.empty();
    }

    private Optional<YamlNode> document() {
        @Nullable YamlNode root = null;
        while (events.hasNext()) {
            Event event = events.next();
            switch (event.getEventId()) {
                case StreamStart, StreamEnd, DocumentEnd, Comment -> {}
                case DocumentStart -> {
                    if (root != null) {
                        problems.add(
                                line(event),
                                column(event),
                                "a second document begins",
                                "keep one document, which is one namespace, in a file");
                        return Optional.of(root);
                    }
                }
                default -> root = node(event, 1);
            }
        }
        if (root == null || root instanceof YamlNode.Scalar scalar && scalar.isNull()) {
            problems.add(1, 1, "the file is empty", "write 'namespace: NAME' and 'rules:' with at least one rule");
            return Optional.empty();
        }
        return Optional.of(root);
    }

    private YamlNode node(Event event, int depth) {
        int line = line(event);
        int column = column(event);
        if (depth > DEPTH_MAX) {
            throw new TooDeep(line, column);
        }
        if (event instanceof AliasEvent alias) {
            problems.add(
                    line,
                    column,
                    "an alias (*" + alias.getAlias() + ")",
                    "write the value out; if a pattern is meant, quote it: \"*" + alias.getAlias() + "\"");
            return new YamlNode.Broken(line, column);
        }
        if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            String name = node.getAnchor().get().getValue();
            problems.add(
                    line,
                    column,
                    "an anchor (&" + Printable.escape(name, 40) + ")",
                    "leave it out, or quote the value if it begins with &; aliases aren't supported");
        }
        if (event instanceof ScalarEvent scalar) {
            return scalar(scalar, line, column);
        }
        if (event instanceof CollectionStartEvent start) {
            start.getTag().ifPresent(tag -> tagged(line, column, tag));
            return start.getEventId() == Event.ID.SequenceStart
                    ? sequence(line, column, depth)
                    : mapping(line, column, depth);
        }
        throw new IllegalStateException("unexpected YAML event " + event.getEventId());
    }

    private YamlNode scalar(ScalarEvent event, int line, int column) {
        if (event.getTag().isPresent()) {
            tagged(line, column, event.getTag().get());
            return new YamlNode.Broken(line, column);
        }
        return new YamlNode.Scalar(line, column, event.getValue(), event.isPlain());
    }

    private YamlNode sequence(int line, int column, int depth) {
        List<YamlNode> items = new ArrayList<>();
        for (Event next = next(); next.getEventId() != Event.ID.SequenceEnd; next = next()) {
            items.add(node(next, depth + 1));
        }
        return new YamlNode.Sequence(line, column, items);
    }

    private YamlNode mapping(int line, int column, int depth) {
        List<YamlNode.Field> fields = new ArrayList<>();
        Map<String, Integer> lines = new HashMap<>();
        for (Event next = next(); next.getEventId() != Event.ID.MappingEnd; next = next()) {
            YamlNode key = node(next, depth + 1);
            YamlNode value = node(next(), depth + 1);
            if (key instanceof YamlNode.Scalar name) {
                Integer first = lines.putIfAbsent(name.text(), name.line());
                if (first == null) {
                    fields.add(new YamlNode.Field(name, value));
                } else {
                    String shown = Printable.escape(name.text(), 80);
                    problems.add(
                            name, "'" + shown + "' stands twice (first in line " + first + ")", "keep one of them");
                }
            } else if (!(key instanceof YamlNode.Broken)) {
                problems.add(key, "the name of a field is " + key.kind(), "write a plain name before the colon");
            }
        }
        return new YamlNode.Mapping(line, column, fields);
    }

    private Event next() {
        return events.next();
    }

    private void tagged(int line, int column, String tag) {
        problems.add(line, column, "a tag (" + Printable.escape(tag, 80) + ")", "leave it out; tags aren't supported");
    }

    private static int line(Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    private static int column(Event event) {
        return event.getStartMark().map(Mark::getColumn).orElse(0) + 1;
    }

    private static void unreadable(Problems problems, String text, ReaderException e) {
        Place place = Place.ofCodePoint(text, e.getPosition());
        problems.add(
                place.line(),
                place.column(),
                String.format("the character U+%04X", e.getCodePoint()),
                "leave it out; a rule file holds printable text only");
    }

    private static void broken(Problems problems, MarkedYamlEngineException e) {
        Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
        String problem = e.getProblem() == null ? "" : e.getProblem();
        String context = e.getContext() == null ? "" : e.getContext();
        int line = mark.map(Mark::getLine).orElse(0) + 1;
        int column = mark.map(Mark::getColumn).orElse(0) + 1;
        problems.add(
                line, column, "not YAML: " + oneLine(problem.isEmpty() ? context : problem), advice(problem, context));
    }

    private static String advice(String problem, String context) {
        if (context.contains("alias") || context.contains("anchor")) {
            return "quote a pattern that begins with a star or an ampersand: \"*\"";
        }
        if (problem.contains("mapping values are not allowed")) {
            return "put one 'name: value' on a line, indent alike, and quote values that hold ': '";
        }
        if (problem.contains("could not find expected ':'")) {
            return "write 'name: value', with a space after the colon";
        }
        if (context.contains("quoted scalar")) {
            return "close the quote";
        }
        if (context.contains("flow")) {
            return "check commas and the closing bracket: {name: value, name: value}";
        }
        if (problem.contains("cannot start any token")) {
            return "put the value in quotes";
        }
        return "check the indentation: fields of one mapping begin in one column, list items with '- '";
    }

    private static String oneLine(@Nullable String text) {
        return text == null ? "" : Printable.escape(text.replaceAll("\\s+", " ").trim(), 160);
    }

    /** Ends the reading of a document that is nested too deep; has no stack since it is an answer, not a bug. */
    private static final class TooDeep extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int line;
        private final int column;

        TooDeep(int line, int column) {
            super("too deep", null, false, false);
            this.line = line;
            this.column = column;
        }
    }
}
