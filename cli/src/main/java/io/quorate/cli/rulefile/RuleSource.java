package io.quorate.cli.rulefile;

import io.quorate.cli.rulefile.YamlNode.Mapping;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a rule stands in its file.
 *
 * @param rule where it begins
 * @param fields where the values of its fields begin, of those that it has itself
 */
public record RuleSource(Place rule, Map<String, Place> fields) {
    static RuleSource of(Mapping rule, Map<String, YamlNode> fields) {
        Map<String, Place> places = new LinkedHashMap<>();
        for (Map.Entry<String, YamlNode> field : fields.entrySet()) {
            if (!field.getKey().equals("rules")) {
                places.put(field.getKey(), place(field.getValue()));
            }
        }
        return new RuleSource(place(rule), places);
    }

    private static Place place(YamlNode node) {
        return new Place(node.line(), node.column());
    }

    /** The place of a field, or of the rule if it doesn't have it itself. */
    public Place field(String name) {
        return fields.getOrDefault(name, rule);
    }
}
