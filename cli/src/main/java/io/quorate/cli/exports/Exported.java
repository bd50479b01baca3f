package io.quorate.cli.exports;

import io.quorate.cli.imports.ForeignFile;
import io.quorate.cli.imports.Imported;
import io.quorate.cli.imports.Remark;
import io.quorate.cli.rulefile.Problem;
import io.quorate.core.rule.Activation;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Rules as another rate limiter's configuration. What of them is kept is found by reading it back: a rule that comes
 * back otherwise is named with the difference.
 *
 * @param text the configuration, YAML
 * @param losses what isn't there as it is here, in the order of the rules
 */
public record Exported(String text, List<Loss> losses) {
    public Exported {
        losses = List.copyOf(losses);
    }

    /**
     * A rule that isn't there as it is here.
     *
     * @param kind {@code LEFT_OUT}: it isn't there; {@code CHANGED}: it decides differently; {@code DROPPED}: something
     *     on which no decision of the cluster depends
     */
    public record Loss(String rule, Remark.Kind kind, String why) {}

    /** Writes rules for another rate limiter. */
    public static Exported of(RuleSet rules, Target target) {
        Draft draft = target.write(rules);
        Map<String, Rule> back = readBack(draft.text(), target, rules.namespace());
        List<Loss> losses = new ArrayList<>();
        for (Rule rule : rules.rules()) {
            String why = draft.leftOut().get(rule.id());
            if (why != null) {
                losses.add(new Loss(rule.id(), Remark.Kind.LEFT_OUT, why));
            } else {
                compare(rule, Optional.ofNullable(back.get(rule.id())), losses);
            }
        }
        return new Exported(draft.text(), losses);
    }

    private static Map<String, Rule> readBack(String text, Target target, String namespace) {
        Imported imported = ForeignFile.read("exported", text, Optional.of(target.origin()), namespace);
        if (imported instanceof Imported.Rejected rejected) {
            throw new IllegalStateException("what was written is refused: "
                    + rejected.problems().stream().map(Problem::toString).collect(Collectors.joining("; ")) + "\n"
                    + text);
        }
        Map<String, Rule> rules = new TreeMap<>();
        for (RuleSet set : ((Imported.Rules) imported).rules()) {
            set.rules().forEach(rule -> rules.put(rule.id(), rule));
        }
        return rules;
    }

    private static void compare(Rule rule, Optional<Rule> back, List<Loss> losses) {
        if (back.isEmpty()) {
            losses.add(new Loss(rule.id(), Remark.Kind.LEFT_OUT, "it can't be told from the others there"));
            return;
        }
        Rule other = back.get();
        if (!new HashSet<>(rule.match()).equals(new HashSet<>(other.match()))) {
            losses.add(
                    changed(rule, "there it applies to " + words(other.match()) + ", here to " + words(rule.match())));
        }
        if (!rule.limitIfAny().equals(other.limitIfAny())) {
            losses.add(changed(rule, "its limit is another there"));
        }
        if (rule.mode() != other.mode()) {
            losses.add(changed(rule, "its mode is '" + other.mode().label() + "' there"));
        }
        if (!rule.precedence().equals(other.precedence())) {
            losses.add(changed(
                    rule,
                    "there it has no priority, group or stop, and replaces "
                            + (other.precedence().replaces().isEmpty()
                                    ? "nothing"
                                    : String.join(", ", other.precedence().replaces()))));
        }
        if (!rule.activation().equals(Activation.ALWAYS)) {
            losses.add(changed(rule, "its times and roll-out aren't there: it applies always, and to all"));
        }
        if (!rule.leaseTerms().equals(LeaseTerms.DEFAULT)
                || !rule.failureTerms().equals(FailureTerms.DENY)) {
            losses.add(new Loss(rule.id(), Remark.Kind.DROPPED, "there are no leases and no failure policy by rule"));
        }
    }

    private static Loss changed(Rule rule, String why) {
        return new Loss(rule.id(), Remark.Kind.CHANGED, why);
    }

    private static String words(List<EntryMatch> match) {
        return match.isEmpty()
                ? "every request"
                : match.stream()
                        .map(condition -> condition.name() + " '"
                                + condition.pattern().text() + "'" + (condition.counted() ? " (each apart)" : ""))
                        .collect(Collectors.joining(" and "));
    }
}
