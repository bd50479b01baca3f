package io.quorate.core.machine;

import io.quorate.core.command.Command.PutRules;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.Reason;
import io.quorate.core.command.Outcome.Refused;
import io.quorate.core.command.Outcome.RulesPut;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The rules and the rules version as one entry changes them. */
final class RulesOverlay {
    private final StateView view;
    private final MachineLimits limits;
    private final long nowMillis;
    private final Map<String, AppliedRules> changed = new TreeMap<>();
    private long version;
    private int nextLimitId;

    RulesOverlay(StateView view, MachineLimits limits, long nowMillis) {
        this.view = view;
        this.limits = limits;
        this.nowMillis = nowMillis;
        this.version = view.header().rulesVersion();
        this.nextLimitId = view.header().nextLimitId();
    }

    long version() {
        return version;
    }

    int nextLimitId() {
        return nextLimitId;
    }

    /** Raises the version; false if it is as high already. */
    boolean fence(long least) {
        boolean higher = least > version;
        version = Math.max(version, least);
        return higher;
    }

    Outcome put(PutRules command) {
        RuleSet wanted = command.rules();
        Optional<AppliedRules> current = find(wanted.namespace());
        long currentVersion = current.map(AppliedRules::version).orElse(0L);
        if (command.ifVersion().isPresent() && command.ifVersion().getAsLong() != currentVersion) {
            return new Refused(Reason.VERSION_CONFLICT);
        }
        if (isSame(current, wanted)) {
            return new RulesPut(currentVersion, false);
        }
        if (!hasRoom(current, wanted)) {
            return new Refused(Reason.INVALID);
        }
        version++;
        changed.put(
                wanted.namespace(),
                new AppliedRules(
                        wanted.namespace(),
                        version,
                        wanted.colocate(),
                        asOfMillis(wanted.rules()),
                        numbered(current, wanted.rules())));
        return new RulesPut(version, true);
    }

    /** Brings all rules to the entry's log time; how many namespaces that changes. */
    int settle() {
        List<AppliedRules> due = new ArrayList<>();
        for (AppliedRules known : view.allRules()) {
            AppliedRules rules = changed.getOrDefault(known.namespace(), known);
            if (rules.nextChangeMillis() <= nowMillis) {
                due.add(rules);
            }
        }
        for (AppliedRules rules : due) {
            version++;
            changed.put(
                    rules.namespace(),
                    new AppliedRules(rules.namespace(), version, rules.colocate(), nowMillis, rules.rules()));
        }
        return due.size();
    }

    /** Log time, if a rule depends on the time. */
    private long asOfMillis(List<Rule> rules) {
        for (Rule rule : rules) {
            if (!rule.activation().windows().isEmpty()) {
                return Math.max(1, nowMillis);
            }
        }
        return 0;
    }

    /** Adds the changed namespaces to {@code changes} and gives what they add to the digest. */
    long collect(List<AppliedRules> changes) {
        long digest = 0;
        for (AppliedRules rules : changed.values()) {
            changes.add(rules);
            digest += Digests.rules(rules);
            digest -= view.rules(rules.namespace()).map(Digests::rules).orElse(0L);
        }
        return digest;
    }

    private Optional<AppliedRules> find(String namespace) {
        return changed.containsKey(namespace) ? Optional.of(changed.get(namespace)) : view.rules(namespace);
    }

    /** A namespace that never had rules is the same as one without rules. */
    private static boolean isSame(Optional<AppliedRules> current, RuleSet wanted) {
        if (current.isEmpty()) {
            return wanted.rules().isEmpty();
        }
        List<NumberedRule> rules = current.get().rules();
        boolean same = current.get().colocate().equals(wanted.colocate())
                && rules.size() == wanted.rules().size();
        for (int i = 0; same && i < rules.size(); i++) {
            same = rules.get(i).rule().equals(wanted.rules().get(i));
        }
        return same;
    }

    private boolean hasRoom(Optional<AppliedRules> current, RuleSet wanted) {
        long namespaces = current.isPresent() ? 0 : 1;
        long rules = (long) wanted.rules().size()
                - current.map(AppliedRules::rules).map(List::size).orElse(0);
        for (AppliedRules known : view.allRules()) {
            if (!changed.containsKey(known.namespace())) {
                namespaces++;
                rules += known.rules().size();
            }
        }
        for (AppliedRules known : changed.values()) {
            namespaces++;
            rules += known.rules().size();
        }
        return namespaces <= limits.namespacesMax()
                && (rules <= limits.rulesMax() || wanted.rules().isEmpty())
                && wanted.rules().size() < Integer.MAX_VALUE - nextLimitId
                && version < Long.MAX_VALUE;
    }

    /**
     * A rule whose limit stays keeps its number, so that its counters go on; the others get new ones. One that is
     * wholly the same stays the same object, by which {@code CompiledRules} knows it.
     */
    private List<NumberedRule> numbered(Optional<AppliedRules> current, List<Rule> rules) {
        Map<String, NumberedRule> before = new TreeMap<>();
        current.ifPresent(
                applied -> applied.rules().forEach(r -> before.put(r.rule().id(), r)));
        List<NumberedRule> numbered = new ArrayList<>(rules.size());
        for (Rule rule : rules) {
            NumberedRule known = before.get(rule.id());
            if (known != null && known.rule().equals(rule)) {
                numbered.add(known);
            } else if (known != null && known.rule().effect().equals(rule.effect())) {
                numbered.add(new NumberedRule(rule, known.limitId()));
            } else {
                numbered.add(new NumberedRule(rule, rule.isLimited() ? nextLimitId++ : NumberedRule.NO_LIMIT));
            }
        }
        return numbered;
    }
}
