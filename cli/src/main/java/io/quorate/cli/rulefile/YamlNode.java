package io.quorate.cli.rulefile;

import java.util.List;
import java.util.Optional;

/** A piece of a YAML document and where it stands (line and column from 1). */
public sealed interface YamlNode {
    int line();

    int column();

    /** What kind of thing it is, for a sentence. */
    String kind();

    /**
     * A text as written.
     *
     * @param plain written without quotes
     */
    record Scalar(int line, int column, String text, boolean plain) implements YamlNode {
        /** Written as nothing at all, or as YAML's word for it. */
        public boolean isNull() {
            return plain
                    && (text.isEmpty()
                            || text.equals("~")
                            || text.equals("null")
                            || text.equals("Null")
                            || text.equals("NULL"));
        }

        @Override
        public String kind() {
            return isNull() ? "nothing" : plain ? "a plain value" : "a text in quotes";
        }
    }

    record Sequence(int line, int column, List<YamlNode> items) implements YamlNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    record Mapping(int line, int column, List<Field> fields) implements YamlNode {
        /** The value of the field with this name. */
        Optional<YamlNode> field(String name) {
            return fields.stream()
                    .filter(field -> field.key().text().equals(name))
                    .map(Field::value)
                    .findFirst();
        }

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** Something whose problem is already reported, so that nothing more is said of it. */
    record Broken(int line, int column) implements YamlNode {
        @Override
        public String kind() {
            return "something broken";
        }
    }

    /** One entry of a mapping; keys are scalars. */
    record Field(Scalar key, YamlNode value) {}
}
