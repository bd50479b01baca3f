package io.quorate.cli.imports;

import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The conditions and counters of limits that are written in the Common Expression Language. */
final class CelLimits {
    private final Harvest harvest;

    CelLimits(Harvest harvest) {
        this.harvest = harvest;
    }

    /** What a rule matches; empty, with remarks, if one of the expressions has no like here. */
    Optional<List<EntryMatch>> match(List<Section> predicates, List<Section> counters) {
        List<EntryMatch> match = new ArrayList<>();
        boolean whole = true;
        for (Section predicate : predicates) {
            Optional<List<EntryMatch>> conditions = predicate.text().flatMap(this::conditions);
            conditions.ifPresent(match::addAll);
            if (conditions.isEmpty()) {
                whole = false;
                harvest.leftOut(
                        predicate.node(),
                        "the limit with the condition " + predicate.shown(),
                        "conditions here compare an entry with a text, a number, a list, a beginning, an end or a regular"
                                + " expression, joined by &&");
            }
        }
        for (Section counter : counters) {
            Optional<String> entry = counter.text().flatMap(CelPredicate::entry);
            entry.ifPresent(name -> match.add(new EntryMatch(name, new Pattern.Any())));
            if (entry.isEmpty()) {
                whole = false;
                harvest.leftOut(
                        counter.node(),
                        "the limit that counts by " + counter.shown(),
                        "a rule here counts by entries; compute the value before the request and send it as one");
            }
        }
        return whole ? Optional.of(match) : Optional.empty();
    }

    private Optional<List<EntryMatch>> conditions(String predicate) {
        try {
            return CelPredicate.parse(predicate);
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a text or an expression that no pattern may have; the caller reports it
        }
    }
}
