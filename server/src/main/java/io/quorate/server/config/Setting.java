package io.quorate.server.config;

import io.quorate.core.quota.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One value of the configuration, with its place for error messages: a node of the file, or a flag's text.
 *
 * @param place {@code file:line:column}, or the flag
 * @param name the dotted key, such as {@code limits.frame-max}
 * @param node the file's node; absent for a flag
 * @param flag the flag's text; absent for the file's
 */
record Setting(
        String file,
        String place,
        String name,
        @Nullable Node node,
        @Nullable String flag) {

    static Setting ofNode(String file, String name, Node node) {
        return new Setting(file, place(file, node), name, node, null);
    }

    static Setting ofFlag(String name, String text) {
        return new Setting("", "flag " + name, name, null, text);
    }

    static String place(String file, Node node) {
        return node.getStartMark()
                .map(mark -> file + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
                .orElse(file);
    }

    ConfigException wrong(String what) {
        return new ConfigException(place + ": " + name + " " + what);
    }

    /** A text: a plain or quoted string. */
    String text() {
        if (flag != null) {
            return flag;
        }
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.STR)) {
            return scalar.getValue();
        }
        throw wrong("must be a text, not " + shown() + (node instanceof ScalarNode ? "; put it in quotes" : ""));
    }

    /** A name as ids have. */
    String id() {
        String text = text();
        try {
            return Names.checkName(name, text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(place + ": " + e.getMessage(), e);
        }
    }

    /** An address with a port of its own. */
    String address() {
        String text = text();
        HostPort address = checked(() -> HostPort.parse(text));
        if (address.port() == 0) {
            throw wrong("needs a port of 1 to 65535, not 0");
        }
        return address.toString();
    }

    /** A number without a unit. */
    int count(int min, int max) {
        String text = scalarText("a number");
        long value = -1;
        if (text.length() <= 12 && !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            value = Long.parseLong(text);
        }
        if (value < min || value > max) {
            throw wrong("must be a number from " + min + " to " + max + " without a unit, not " + shown());
        }
        return (int) value;
    }

    long millis(long min, long max) {
        String text = scalarText("a duration");
        long value = checked(() -> Units.millis(text));
        if (value < min || value > max) {
            throw wrong("must be " + Units.ofMillis(min) + " to " + Units.ofMillis(max) + ", not " + shown());
        }
        return value;
    }

    long bytes(long min, long max) {
        String text = scalarText("a size");
        long value = checked(() -> Units.bytes(text));
        if (value < min || value > max) {
            throw wrong("must be " + Units.ofBytes(min) + " to " + Units.ofBytes(max) + ", not " + shown());
        }
        return value;
    }

    boolean yes() {
        return one("true", "false").equals("true");
    }

    /** One of a few words. */
    String one(String... words) {
        String text = scalarText("one of " + String.join(", ", words));
        for (String word : words) {
            if (word.equals(text)) {
                return word;
            }
        }
        throw wrong("must be " + String.join(" or ", words) + ", not " + shown());
    }

    List<Setting> list() {
        if (!(node instanceof SequenceNode sequence)) {
            throw wrong("must be a list, not " + shown());
        }
        List<Setting> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            items.add(ofNode(file, name + "[" + items.size() + "]", item));
        }
        return items;
    }

    MappingNode mapping() {
        if (node instanceof MappingNode mapping) {
            return mapping;
        }
        throw wrong("must be a section of keys and values, not " + shown());
    }

    private String scalarText(String what) {
        if (flag != null) {
            return flag;
        }
        if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            return scalar.getValue();
        }
        throw wrong("must be " + what + ", not " + shown());
    }

    /** The value as an error message shows it. */
    private String shown() {
        if (flag != null) {
            return "'" + Names.printable(flag) + "'";
        }
        if (node instanceof ScalarNode scalar) {
            return scalar.getTag().equals(Tag.NULL) ? "nothing" : "'" + Names.printable(scalar.getValue()) + "'";
        }
        return node instanceof SequenceNode ? "a list" : "a section";
    }

    private <T> T checked(Supplier<T> check) {
        try {
            return check.get();
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ConfigException(place + ": " + name + " " + e.getMessage(), e);
        }
    }
}
