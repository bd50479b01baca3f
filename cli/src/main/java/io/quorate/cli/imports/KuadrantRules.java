package io.quorate.cli.imports;

import io.quorate.cli.imports.Harvest.Sketch;
import io.quorate.cli.rulefile.YamlNode;
import io.quorate.cli.text.DurationText;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.rule.EntryMatch;
import java.util.List;
import java.util.Optional;

/** Kuadrant's RateLimitPolicy: named limits with rates, conditions and counters. */
final class KuadrantRules implements Importer {
    private final Harvest harvest;

    KuadrantRules(Harvest harvest) {
        this.harvest = harvest;
    }

    @Override
    public void read(Section root) {
        String namespace = root.text("metadata.name").orElse(harvest.namespace());
        root.at("spec.targetRef")
                .ifPresent(target -> harvest.changed(
                        target.node(),
                        "targetRef, by which the policy is bound to a route",
                        "send this namespace's requests from that route alone"));
        for (String block : List.of("spec.defaults", "spec.overrides")) {
            root.at(block)
                    .ifPresent(other -> harvest.leftOut(
                            other.node(),
                            block + ", which other policies inherit",
                            "import each policy as it results"));
        }
        for (YamlNode.Field field : root.at("spec.limits").map(Section::fields).orElse(List.of())) {
            limit(namespace, field.key().text(), new Section(field.value()));
        }
    }

    private void limit(String namespace, String name, Section limit) {
        List<Section> predicates = limit.items("when").stream()
                .map(when -> when.at("predicate").orElse(when))
                .toList();
        List<Section> counters = limit.items("counters").stream()
                .map(counter -> counter.at("expression").orElse(counter))
                .toList();
        Optional<List<EntryMatch>> match = new CelLimits(harvest).match(predicates, counters);
        if (limit.items("rates").isEmpty()) {
            harvest.leftOut(limit.node(), "limit '" + name + "' has no rates", "write one by hand");
        }
        for (Section rate : limit.items("rates")) {
            Optional<Long> amount = rate.text("limit")
                    .filter(text -> text.matches("[0-9]{1,12}"))
                    .map(Long::valueOf);
            Optional<Long> millis = rate.text("window").flatMap(KuadrantRules::millis);
            if (amount.isEmpty() || millis.isEmpty()) {
                harvest.reject(rate.node(), "a rate has a limit and a window", "write limit: 5 and window: 10s");
            } else if (match.isPresent()) {
                harvest.limit(rate.node(), Algorithm.FIXED_WINDOW, amount.get(), millis.get(), amount.get())
                        .ifPresent(window -> harvest.add(
                                namespace, rate.node(), new Sketch(harvest.id(namespace, name), match.get(), window)));
            }
        }
    }

    private static Optional<Long> millis(String window) {
        try {
            return Optional.of(DurationText.parseMillis(window)).filter(millis -> millis > 0);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // reported by the caller, with the rate's place
        }
    }
}
