package io.quorate.cli.imports;

import io.quorate.cli.imports.Harvest.Sketch;
import io.quorate.cli.rulefile.YamlNode;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.Names;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Precedence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Configuration of {@code envoyproxy/ratelimit}.
 *
 * <p>There a descriptor goes down one path of the tree: at each level the node of its exact value, else the first
 * wildcard that fits, else the node of the key alone; only the node at its end limits it. A rule here is a node's
 * whole path, with conditions that keep out what a sibling takes and what goes further down.
 */
final class EnvoyRules implements Importer {
    private static final Map<String, Long> UNIT_SECONDS = Map.of(
            "second", 1L,
            "minute", 60L,
            "hour", 3_600L,
            "day", 86_400L,
            "week", 7 * 86_400L,
            "month", 30 * 86_400L,
            "year", 365 * 86_400L);

    private final Harvest harvest;
    private final Map<String, List<String>> idsByName = new LinkedHashMap<>();
    private final List<Found> found = new ArrayList<>();
    private String domain = "";

    EnvoyRules(Harvest harvest) {
        this.harvest = harvest;
    }

    /** A limit before the names that it replaces are known as ids. */
    private record Found(YamlNode at, Sketch sketch, List<Section> replaces) {}

    @Override
    public void read(Section root) {
        new EnvoyKeys(harvest).check(root);
        if (harvest.isRejected()) {
            return;
        }
        domain = root.text("domain").orElse("");
        if (domain.isEmpty()) {
            harvest.reject(root.node(), "config file cannot have empty domain", "write domain: NAME");
        }
        level(root.items("descriptors"), domain + ".", Optional.of(List.of()));
        for (Found limit : found) {
            harvest.add(domain, limit.at(), replacing(limit));
        }
        if (!found.isEmpty()) {
            harvest.changed(
                    root.node(),
                    "a descriptor there is a list in order, matched whole; here it is a set of entries",
                    "send each descriptor's entries as one request; an entry that no rule names doesn't matter here");
        }
    }

    private Sketch replacing(Found limit) {
        List<String> ids = new ArrayList<>();
        for (Section replaced : limit.replaces()) {
            String name = replaced.text("name").orElse("");
            List<String> known = idsByName.getOrDefault(name, List.of());
            if (known.isEmpty()) {
                harvest.dropped(replaced.node(), "no limit is named '" + name + "'", "nothing is replaced by it");
            }
            known.stream().filter(id -> !ids.contains(id)).forEach(ids::add);
        }
        Sketch s = limit.sketch();
        return new Sketch(s.id(), s.match(), s.limit(), s.mode(), new Precedence(0, Optional.empty(), false, ids));
    }

    /** {@code path} is empty below a node that can't be kept. */
    private void level(List<Section> nodes, String parent, Optional<List<EntryMatch>> path) {
        Map<String, Siblings> siblings = new LinkedHashMap<>();
        Map<String, Integer> composites = new LinkedHashMap<>();
        for (Section node : nodes) {
            String key = node.text("key").orElse("");
            String value = node.text("value").orElse("");
            if (key.isEmpty()) {
                harvest.reject(node.node(), "descriptor has empty key", "write key: NAME");
                continue;
            }
            String composite = value.isEmpty() ? key : key + "_" + value;
            if (composites.putIfAbsent(composite, node.node().line()) != null) {
                harvest.reject(
                        node.node(),
                        "duplicate descriptor composite key '" + parent + composite + "'",
                        "keep one of them (the first is in line " + composites.get(composite) + ")");
            }
            if (!value.isEmpty()) {
                Siblings ofKey = siblings.computeIfAbsent(key, k -> new Siblings());
                (value.contains("*") ? ofKey.wildcards : ofKey.exact).add(value);
            }
        }
        for (Section node : nodes) {
            node(node, parent, path, siblings.getOrDefault(node.text("key").orElse(""), new Siblings()));
        }
    }

    private void node(Section node, String parent, Optional<List<EntryMatch>> path, Siblings siblings) {
        String key = node.text("key").orElse("");
        String value = node.text("value").orElse("");
        String composite = value.isEmpty() ? key : key + "_" + value;
        boolean shared = node.flag("share_threshold");
        if (shared && !composite.contains("*")) {
            harvest.reject(
                    node.node(),
                    "share_threshold can only be used with wildcard values (containing '*'), but found key '"
                            + composite + "'",
                    "leave share_threshold out");
        }
        Optional<List<EntryMatch>> here = conditions(node, key, value, shared, siblings);
        if (path.isPresent()
                && path.get().stream().anyMatch(condition -> condition.name().equals(key))) {
            here = Optional.empty();
            harvest.leftOut(
                    node.node(),
                    "the path has key '" + key + "' twice; a request here has one value for each entry",
                    "give one of the two another name, here and where requests are described");
        }
        Optional<List<EntryMatch>> whole = joined(path, here);
        List<Section> below = node.items("descriptors");
        at(node, "rate_limit").ifPresent(limit -> limit(node, limit, parent + composite, whole, below));
        remarks(node);
        level(below, parent + composite + ".", whole);
    }

    private static Optional<List<EntryMatch>> joined(
            Optional<List<EntryMatch>> path, Optional<List<EntryMatch>> further) {
        if (path.isEmpty() || further.isEmpty()) {
            return Optional.empty();
        }
        List<EntryMatch> both = new ArrayList<>(path.get());
        both.addAll(further.get());
        return Optional.of(both);
    }

    private Optional<List<EntryMatch>> conditions(
            Section node, String key, String value, boolean shared, Siblings siblings) {
        try {
            Names.checkName("entry name", key);
            if (!value.isEmpty() && !value.contains("*")) {
                return Optional.of(List.of(new EntryMatch(key, new Pattern.Exact(value))));
            }
            List<Pattern> taken = siblings.before(value);
            if (taken.stream().anyMatch(other -> other instanceof Pattern.Any)) {
                harvest.dropped(
                        node.node(),
                        "a descriptor that is never reached",
                        "a wildcard '*' before it takes every value");
                return Optional.empty();
            }
            List<EntryMatch> conditions = new ArrayList<>();
            Pattern own = value.isEmpty() ? new Pattern.Any() : Pattern.parse(value);
            boolean any = own instanceof Pattern.Any;
            if (!any || taken.isEmpty()) {
                conditions.add(new EntryMatch(key, own, !shared));
            }
            for (int i = 0; i < taken.size(); i += Pattern.AnyOf.PATTERNS_MAX) {
                List<Pattern> part = taken.subList(i, Math.min(taken.size(), i + Pattern.AnyOf.PATTERNS_MAX));
                Pattern others = part.size() == 1 ? part.get(0) : new Pattern.AnyOf(part);
                conditions.add(new EntryMatch(key, new Pattern.Not(others), any && i == 0 && !shared));
            }
            return Optional.of(conditions);
        } catch (IllegalArgumentException e) {
            harvest.leftOut(node.node(), String.valueOf(e.getMessage()), "write the rules below it by hand");
            return Optional.empty();
        }
    }

    /** The values that nodes of one key have on one level. */
    private static final class Siblings {
        private final List<String> exact = new ArrayList<>();
        private final List<String> wildcards = new ArrayList<>();

        /** What takes a value before the node with this one does: wildcards and the key alone come last. */
        List<Pattern> before(String value) {
            Pattern own = value.isEmpty() ? new Pattern.Any() : Pattern.parse(value);
            List<Pattern> before = new ArrayList<>();
            exact.stream().filter(own::matches).map(Pattern.Exact::new).forEach(before::add);
            for (String wildcard : wildcards) {
                if (wildcard.equals(value)) {
                    break;
                }
                before.add(Pattern.parse(wildcard));
            }
            return before;
        }
    }

    private void limit(
            Section node, Section limit, String fullKey, Optional<List<EntryMatch>> path, List<Section> below) {
        String unit = limit.text("unit").orElse("");
        boolean unlimited = limit.flag("unlimited");
        Long seconds = UNIT_SECONDS.get(unit.toLowerCase(Locale.ROOT));
        if (unlimited && seconds != null) {
            harvest.reject(
                    limit.node(), "should not specify rate limit unit when unlimited", "leave unit out, or unlimited");
        } else if (!unlimited && seconds == null) {
            harvest.reject(
                    limit.node(),
                    "invalid rate limit unit '" + unit + "'",
                    "write second, minute, hour, day, week, month or year");
        }
        String name = limit.text("name").orElse("");
        List<Section> replaces = limit.items("replaces");
        for (Section replaced : replaces) {
            String other = replaced.text("name").orElse("");
            if (other.isEmpty()) {
                harvest.reject(replaced.node(), "should not have an empty replaces entry", "write - name: NAME");
            } else if (other.equals(name)) {
                harvest.reject(
                        replaced.node(), "replaces should not contain name of same descriptor", "name another limit");
            }
        }
        long amount = amount(limit);
        List<EntryMatch> match = new ArrayList<>(path.orElse(List.of()));
        below.stream()
                .flatMap(child -> child.text("key").stream())
                .distinct()
                .filter(key ->
                        match.stream().noneMatch(condition -> condition.name().equals(key)))
                .filter(EnvoyRules::isName)
                .toList()
                .forEach(key -> match.add(new EntryMatch(key, new Pattern.Absent())));
        String id = harvest.id(domain, name.isEmpty() ? fullKey.substring(domain.length() + 1) : name);
        if (!name.isEmpty()) {
            idsByName.computeIfAbsent(name, n -> new ArrayList<>()).add(id);
        }
        boolean quota = node.flag("quota_mode");
        if (quota) {
            harvest.changed(
                    node.node(),
                    "quota_mode answers OK above the limit, and only says so",
                    "it is 'mode: shadow' here, which counts and reports");
        }
        Mode mode = node.flag("shadow_mode") || quota ? Mode.SHADOW : Mode.ENFORCE;
        Optional<Limit> window = unlimited || seconds == null
                ? Optional.empty()
                : harvest.limit(limit.node(), Algorithm.FIXED_WINDOW, amount, seconds * 1000, amount);
        if (path.isPresent() && (unlimited || window.isPresent())) {
            found.add(new Found(node.node(), new Sketch(id, match, window, mode, Precedence.NONE), replaces));
        }
    }

    private long amount(Section limit) {
        String text = limit.text("requests_per_unit").orElse("0");
        boolean right = text.matches("[0-9]{1,10}") && Long.parseLong(text) < 1L << 32;
        if (!right) {
            harvest.reject(
                    limit.node(),
                    "error loading config file: requests_per_unit can't be '" + text + "'",
                    "write a whole number from 0 to 4294967295");
        }
        return right ? Long.parseLong(text) : 0;
    }

    private void remarks(Section node) {
        for (String metric : List.of("detailed_metric", "value_to_metric")) {
            if (node.flag(metric)) {
                harvest.dropped(node.at(metric).orElseThrow().node(), metric, "metrics here are by rule");
            }
        }
        at(node, "metadata")
                .ifPresent(metadata -> harvest.dropped(
                        metadata.node(), "metadata", "answers here carry the rule's id; look it up by that"));
    }

    private static Optional<Section> at(Section node, String name) {
        return node.at(name).filter(part -> part.node() instanceof YamlNode.Mapping);
    }

    private static boolean isName(String key) {
        try {
            Names.checkName("entry name", key);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
