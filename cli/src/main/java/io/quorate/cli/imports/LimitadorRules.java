package io.quorate.cli.imports;

import io.quorate.cli.imports.Harvest.Sketch;
import io.quorate.cli.rulefile.YamlNode;
import io.quorate.core.quota.Algorithm;
import java.util.List;

/** Limits of {@code Kuadrant/limitador}: fixed windows with conditions, by variables. */
final class LimitadorRules implements Importer {
    private static final List<String> KNOWN =
            List.of("id", "namespace", "max_value", "seconds", "name", "conditions", "variables");

    private final Harvest harvest;
    private boolean aligned;

    LimitadorRules(Harvest harvest) {
        this.harvest = harvest;
    }

    @Override
    public void read(Section root) {
        if (!(root.node() instanceof YamlNode.Sequence)) {
            harvest.reject(
                    root.node(),
                    "invalid type: " + root.node().kind() + ", expected a sequence",
                    "write a list of limits");
        }
        root.items().forEach(this::limit);
    }

    private void limit(Section limit) {
        for (YamlNode.Field field : limit.fields()) {
            if (!KNOWN.contains(field.key().text())) {
                harvest.dropped(field.key(), "field " + field.key().text(), "Limitador doesn't know it either");
            }
        }
        String namespace = limit.text("namespace").orElse("");
        if (namespace.isEmpty()) {
            harvest.reject(limit.node(), "missing field `namespace`", "write namespace: NAME");
        }
        for (String list : List.of("conditions", "variables")) {
            if (!limit.has(list)) {
                harvest.reject(limit.node(), "missing field `" + list + "`", "write " + list + ": []");
            }
        }
        long amount = number(limit, "max_value", true);
        long seconds = number(limit, "seconds", false);
        if (seconds == 0) {
            return;
        }
        String hint = limit.text("name").or(() -> limit.text("id")).orElse("limit");
        var match = new CelLimits(harvest).match(limit.items("conditions"), limit.items("variables"));
        var window = harvest.limit(limit.node(), Algorithm.FIXED_WINDOW, amount, seconds * 1000, amount);
        if (match.isPresent() && window.isPresent()) {
            harvest.add(namespace, limit.node(), new Sketch(harvest.id(namespace, hint), match.get(), window.get()));
            if (!aligned) {
                aligned = true;
                harvest.changed(
                        limit.node(),
                        "windows there begin with the first request; here all begin at whole multiples of the period",
                        "over many windows the rate is the same");
            }
        }
    }

    private long number(Section limit, String field, boolean mayLack) {
        String text = limit.text(field).orElse(mayLack ? "0" : "");
        if (text.matches("[0-9]{1,15}") && (mayLack || Long.parseLong(text) > 0)) {
            return Long.parseLong(text);
        }
        harvest.reject(
                limit.node(),
                text.isEmpty() ? "missing field `" + field + "`" : "invalid value for `" + field + "`: " + text,
                "write a whole number");
        return 0;
    }
}
