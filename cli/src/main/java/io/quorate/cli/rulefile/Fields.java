package io.quorate.cli.rulefile;

import io.quorate.cli.text.Printable;
import io.quorate.cli.text.Spelling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fields that a mapping may have.
 *
 * @param owner whose fields they are, for a sentence
 * @param known every field, in the order in which they are written
 * @param elsewhere what other rate limiters call a field, to the name here
 */
record Fields(String owner, List<String> known, Map<String, String> elsewhere) {

    /** The known fields of a mapping by name; the others are reported with what may have been meant. */
    Map<String, YamlNode> take(Problems problems, YamlNode.Mapping mapping) {
        Map<String, YamlNode> found = new LinkedHashMap<>();
        for (YamlNode.Field field : mapping.fields()) {
            String name = field.key().text();
            if (known.contains(name)) {
                found.put(name, field.value());
                continue;
            }
            Optional<String> meant = Optional.ofNullable(elsewhere.get(name)).or(() -> Spelling.nearest(name, known));
            problems.add(
                    field.key(),
                    "unknown field '" + Printable.escape(name, 80) + "' in " + owner,
                    meant.map(word -> "did you mean '" + word + "'?").orElse("known are " + String.join(", ", known)));
            // What was meant counts as present, so that one slip isn't reported a second time as a missing field.
            meant.ifPresent(word -> found.putIfAbsent(
                    word,
                    new YamlNode.Broken(field.value().line(), field.value().column())));
        }
        return found;
    }
}
