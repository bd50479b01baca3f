package io.quorate.cli.imports;

import io.quorate.cli.rulefile.YamlNode;
import java.util.List;

/** Refuses what {@code envoyproxy/ratelimit} refuses before it looks at any meaning: keys and kinds of values. */
final class EnvoyKeys {
    private static final List<String> KEYS = List.of(
            "domain",
            "key",
            "value",
            "descriptors",
            "rate_limit",
            "unit",
            "requests_per_unit",
            "unlimited",
            "shadow_mode",
            "quota_mode",
            "name",
            "replaces",
            "detailed_metric",
            "value_to_metric",
            "share_threshold",
            "metadata");
    private static final String NUMBER = "[-+]?[0-9][0-9_]*";
    private static final String DECIMAL =
            "[-+]?([0-9][0-9_]*)?\\.[0-9]*([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN)";
    private static final String WORD =
            "true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|~|null";

    private final Harvest harvest;

    EnvoyKeys(Harvest harvest) {
        this.harvest = harvest;
    }

    void check(Section section) {
        if (section.node() instanceof YamlNode.Sequence list) {
            for (YamlNode item : list.items()) {
                if (item instanceof YamlNode.Mapping) {
                    check(new Section(item));
                } else {
                    harvest.reject(
                            item,
                            "config error, yaml file contains list of type other than map: "
                                    + new Section(item).shown(),
                            "write a mapping with key");
                }
            }
        }
        for (YamlNode.Field field : section.fields()) {
            String key = field.key().text();
            if (field.key().plain() && key.matches(NUMBER + "|" + WORD)) {
                harvest.reject(field.key(), "config error, key is not of type string: " + key, "put the key in quotes");
            } else if (!KEYS.contains(key)) {
                harvest.reject(
                        field.key(), "config error, unknown key '" + key + "'", "known are " + String.join(", ", KEYS));
            } else if (field.value() instanceof YamlNode.Scalar value) {
                if (value.plain() && value.text().matches(DECIMAL)) {
                    harvest.reject(value, "error checking config", "write no decimal number");
                }
            } else if (!key.equals("metadata")) {
                check(new Section(field.value()));
            }
        }
    }
}
