package io.quorate.cli.rulefile;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Precedence;
import io.quorate.core.rule.Regex;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.Window;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what is hardly meant in rules that are right: rules that never apply, limits that never bind, orders that
 * order nothing.
 *
 * <p>Rules are compared with those that share an exact value with them or have none, so that many rules stay
 * checkable; of the latter at most {@value #PEERS_MAX} each.
 */
public final class RuleLint {
    private static final int PEERS_MAX = 500;
    private static final long DAY_MILLIS = 86_400_000;

    private final String file;
    private final List<Rule> rules;
    private final List<RuleSource> sources;
    private final long nowMillis;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();
    /** Ids of rules that another one may replace. */
    private final Set<String> replaced = new HashSet<>();
    /** Rules by an exact value that they ask for, or by nothing. */
    private final Map<String, List<Integer>> anchored = new HashMap<>();

    private RuleLint(String file, ParsedRules.Good parsed, long nowMillis) {
        this.file = file;
        this.rules = parsed.rules().rules();
        this.sources = parsed.sources();
        this.nowMillis = nowMillis;
    }

    /** What is found in a file's rules at a time, in the order of the file. */
    public static List<Finding> of(String file, ParsedRules.Good parsed, long nowMillis) {
        RuleLint lint = new RuleLint(file, parsed, nowMillis);
        lint.check();
        lint.findings.sort(
                Comparator.comparingInt((Finding finding) -> finding.problem().line())
                        .thenComparingInt(finding -> finding.problem().column()));
        return List.copyOf(lint.findings);
    }

    private void check() {
        for (int i = 0; i < rules.size(); i++) {
            places.put(rules.get(i).id(), i);
            replaced.addAll(rules.get(i).precedence().replaces());
            anchored.computeIfAbsent(anchor(rules.get(i)), a -> new ArrayList<>())
                    .add(i);
        }
        boolean orders = rules.stream()
                .map(Rule::precedence)
                .anyMatch(order -> order.group().isPresent() || order.stops());
        for (int i = 0; i < rules.size(); i++) {
            alone(i);
            order(i, orders);
            for (int other : peers(i)) {
                if (other != i && pair(other, i)) {
                    break;
                }
            }
        }
        groups();
    }

    private static String anchor(Rule rule) {
        for (EntryMatch condition : rule.match()) {
            if (condition.pattern() instanceof Pattern.Exact exact) {
                return condition.name() + "=" + exact.value();
            }
        }
        return "";
    }

    /** The rules that may cover one: those that ask for an exact value that it asks for, or for none. */
    private List<Integer> peers(int of) {
        List<Integer> peers = new ArrayList<>();
        List<Integer> free = anchored.getOrDefault("", List.of());
        peers.addAll(free.subList(0, Math.min(PEERS_MAX, free.size())));
        for (EntryMatch condition : rules.get(of).match()) {
            if (condition.pattern() instanceof Pattern.Exact exact) {
                List<Integer> same = anchored.getOrDefault(condition.name() + "=" + exact.value(), List.of());
                peers.addAll(same.subList(0, Math.min(PEERS_MAX, same.size())));
            }
        }
        return peers;
    }

    // ---- one rule

    private void alone(int i) {
        Rule rule = rules.get(i);
        Covering.contradiction(rule)
                .ifPresent(
                        what -> add(i, "match", "contradictory", what + ", so the rule matches nothing", "drop one"));
        rule.activation().rollout().ifPresent(part -> {
            if (part.basisPoints() == 0) {
                add(i, "rollout", "never", "a roll-out of 0 % applies to nothing", "raise it, or write mode: disabled");
            } else if (part.basisPoints() == 10_000) {
                add(
                        i,
                        "rollout",
                        "needless",
                        "a roll-out of 100 % applies to all that have its entries",
                        "leave it out");
            }
        });
        List<Window> windows = rule.activation().windows();
        if (!windows.isEmpty() && windows.get(windows.size() - 1).untilMillis() <= nowMillis) {
            add(i, "active", "never", "the rule's last time window is over", "remove the rule, or its 'active'");
        }
        for (EntryMatch condition : rule.match()) {
            expression(i, condition);
        }
        rule.limitIfAny().ifPresent(limit -> limit(i, rule, limit));
    }

    private void expression(int i, EntryMatch condition) {
        if (!(condition.pattern() instanceof Regex regex)) {
            return;
        }
        if (regex.expression()
                .chars()
                .allMatch(c -> Character.isLetterOrDigit(c) || c == '/' || c == '-' || c == '_')) {
            add(
                    i,
                    "match",
                    "needless",
                    "the expression of '" + condition.name() + "' is a plain text",
                    "write \"" + regex.expression() + "\", which is found faster");
        } else if (regex.expression().startsWith(".*")) {
            add(
                    i,
                    "match",
                    "slow",
                    "the expression of '" + condition.name() + "' begins with anything",
                    "begin it with a text that all values have; without one it is tried on more requests");
        }
    }

    private void limit(int i, Rule rule, Limit limit) {
        long days = limit.periodMillis() / DAY_MILLIS;
        boolean wholeDays = limit.periodMillis() % DAY_MILLIS == 0;
        if (wholeDays && (days == 28 || days == 30 || days == 31 || days == 365 || days == 366)) {
            add(
                    i,
                    "limit",
                    "inexact-period",
                    "a period of " + days + "d isn't a month or year of the calendar: no algorithm can hold one by"
                            + " a duration, since they differ in length",
                    "keep it if " + days + " days are meant");
        }
        if (limit.algorithm() == Algorithm.CONCURRENCY
                && sources.get(i).fields().containsKey("lease")) {
            add(i, "lease", "needless", "permits of a concurrency limit are never leased", "leave 'lease' out");
        }
        boolean tiny = rule.leaseTerms().allowed()
                && limit.capacity() == 1
                && rule.leaseTerms().tokensMax() == 0;
        if (tiny && sources.get(i).fields().containsKey("lease")) {
            add(i, "lease", "suspicious", "a limit of 1 leaves one client all there is", "write lease: off");
        }
    }

    private void order(int i, boolean orders) {
        Precedence order = rules.get(i).precedence();
        boolean own = sources.get(i).fields().containsKey("priority");
        if (order.priority() != 0 && own && !orders) {
            add(
                    i,
                    "priority",
                    "needless",
                    "priority orders nothing: no rule has a group or stops",
                    "leave it out, or give the rules that exclude each other a group");
        }
        for (String id : order.replaces()) {
            Integer at = places.get(id);
            if (at == null) {
                add(i, "replaces", "unknown", "replaces '" + id + "', but there is no such rule", "check the id");
            } else if (apart(rules.get(i), rules.get(at))) {
                add(i, "replaces", "never", "'" + id + "' never matches what this rule matches", "leave it out");
            } else if (rules.get(i).mode() == Mode.SHADOW && rules.get(at).mode() == Mode.ENFORCE) {
                add(
                        i,
                        "replaces",
                        "unguarded",
                        "a rule in shadow replaces '" + id + "', so neither denies",
                        "let it replace nothing as long as it is in shadow");
            }
        }
        if (order.stops() && i == rules.size() - 1 && order.priority() <= 0) {
            add(i, "stop", "needless", "no rule comes after the one that stops", "leave it out, or move it up");
        }
    }

    private static boolean apart(Rule one, Rule other) {
        for (EntryMatch a : one.match()) {
            for (EntryMatch b : other.match()) {
                boolean absent = a.pattern() instanceof Pattern.Absent != b.pattern() instanceof Pattern.Absent;
                if (a.name().equals(b.name()) && (absent || Covering.disjoint(a.pattern(), b.pattern()))) {
                    return true;
                }
            }
        }
        return false;
    }

    // ---- two rules

    /** What another rule means for one, both by their places; whether that was reported. */
    private boolean pair(int otherAt, int at) {
        Rule other = rules.get(otherAt);
        Rule rule = rules.get(at);
        if (rule.mode() == Mode.DISABLED || !Covering.covers(other, rule)) {
            return false;
        }
        String name =
                "'" + other.id() + "' (line " + sources.get(otherAt).rule().line() + ")";
        Precedence theirs = other.precedence();
        Precedence ours = rule.precedence();
        if (theirs.replaces().contains(rule.id())) {
            add(
                    at,
                    "match",
                    "unreachable",
                    name + " replaces it wherever it matches",
                    "remove it, or narrow the other");
            return true;
        }
        if (theirs.group().isPresent() && theirs.group().equals(ours.group())) {
            if (wins(otherAt, at)) {
                add(
                        at,
                        "match",
                        "unreachable",
                        name + " of the same group matches whatever it matches and goes before it",
                        "give this one a higher priority, or remove it");
                return true;
            }
            return false;
        }
        boolean before = theirs.priority() != ours.priority() ? theirs.priority() > ours.priority() : otherAt < at;
        if (theirs.stops() && before && theirs.group().isEmpty()) {
            add(
                    at,
                    "match",
                    "unreachable",
                    name + " stops before it wherever it matches",
                    "move it up, or narrow the other");
            return true;
        }
        return counts(otherAt, at, name);
    }

    private boolean counts(int otherAt, int at, String name) {
        Rule other = rules.get(otherAt);
        Rule rule = rules.get(at);
        boolean plain =
                other.precedence().group().isEmpty() && rule.mode() == Mode.ENFORCE && !replaced.contains(other.id());
        if (!plain) {
            return false;
        }
        if (rule.match().equals(other.match()) && rule.effect().equals(other.effect())) {
            if (otherAt < at && rule.activation().equals(other.activation())) {
                add(at, "match", "duplicate", "it matches and limits the same as " + name, "remove one of them");
                return true;
            }
            return false;
        }
        if (Covering.bindsFirst(other, rule)) {
            add(
                    at,
                    "limit",
                    "never-binds",
                    "its limit never binds: " + name + " counts the same requests by a limit that denies first",
                    "tighten this limit, loosen the other, or let this rule replace it");
            return true;
        }
        return false;
    }

    private boolean wins(int one, int other) {
        int priority = Integer.compare(
                rules.get(one).precedence().priority(),
                rules.get(other).precedence().priority());
        if (priority != 0) {
            return priority > 0;
        }
        // What covers another rule is at most as specific; where the two are alike the first wins.
        return rules.get(one).match().equals(rules.get(other).match()) && one < other;
    }

    private void groups() {
        Map<String, List<Integer>> groups = new LinkedHashMap<>();
        for (int i = 0; i < rules.size(); i++) {
            Optional<String> group = rules.get(i).precedence().group();
            int at = i;
            group.ifPresent(
                    name -> groups.computeIfAbsent(name, n -> new ArrayList<>()).add(at));
        }
        groups.forEach((name, members) -> {
            if (members.size() == 1) {
                int only = members.get(0);
                add(
                        only,
                        "group",
                        "needless",
                        "no other rule is in the group '" + name + "'",
                        "leave it out, or add others");
            }
        });
    }

    private void add(int rule, String field, String kind, String what, String advice) {
        Place place = sources.get(rule).field(field);
        String named = "rule '" + rules.get(rule).id() + "': " + what;
        findings.add(new Finding(kind, new Problem(file, place.line(), place.column(), named, advice)));
    }
}
