package io.quorate.cli.imports;

import io.quorate.cli.imports.Harvest.Sketch;
import io.quorate.cli.rulefile.YamlNode;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Names;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Precedence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Kong's declarative configuration: the plugins {@code rate-limiting} and {@code rate-limiting-advanced}.
 *
 * <p>Kong runs a plugin once for a request, with the configuration of the most specific scope; so one window of all
 * scopes is one group here, in which a rule with more conditions goes first.
 */
final class KongRules implements Importer {
    private static final Map<String, Long> WINDOW_SECONDS = new LinkedHashMap<>();
    /** Each kind of scope, in Kong's order from the weakest to the strongest, with the field that names one. */
    private static final Map<String, String> SCOPES = new LinkedHashMap<>();

    static {
        WINDOW_SECONDS.put("second", 1L);
        WINDOW_SECONDS.put("minute", 60L);
        WINDOW_SECONDS.put("hour", 3_600L);
        WINDOW_SECONDS.put("day", 86_400L);
        WINDOW_SECONDS.put("month", 30 * 86_400L);
        WINDOW_SECONDS.put("year", 365 * 86_400L);
        SCOPES.put("services", "name");
        SCOPES.put("routes", "name");
        SCOPES.put("consumer_groups", "name");
        SCOPES.put("consumers", "username");
    }

    /** Which scopes a plugin may have together, the strongest first, as Kong orders them. */
    private static final List<Set<String>> STRENGTHS = List.of(
            Set.of("consumer", "route", "service"),
            Set.of("consumer_group", "route", "service"),
            Set.of("consumer", "route"),
            Set.of("consumer", "service"),
            Set.of("consumer_group", "route"),
            Set.of("consumer_group", "service"),
            Set.of("route", "service"),
            Set.of("consumer"),
            Set.of("consumer_group"),
            Set.of("route"),
            Set.of("service"),
            Set.of());

    private final Harvest harvest;
    private int plugins;

    /** A plugin's configuration: whom it holds for, how strong its scope is, and whether it is switched off. */
    private record Placed(String plugin, List<EntryMatch> match, int rank, boolean off) {}

    KongRules(Harvest harvest) {
        this.harvest = harvest;
    }

    static boolean recognises(Section root) {
        return SCOPES.keySet().stream()
                        .flatMap(scope -> root.items(scope).stream())
                        .anyMatch(scope -> scope.items("plugins").stream().anyMatch(plugin -> plugin.has("name")))
                || root.items("plugins").stream().anyMatch(plugin -> plugin.has("name"));
    }

    @Override
    public void read(Section root) {
        plugins(root, List.of(), "");
        for (String kind : SCOPES.keySet()) {
            for (Section scope : root.items(kind)) {
                scope(kind, scope, List.of());
            }
        }
        if (plugins > 1) {
            harvest.changed(
                    root.node(),
                    "of several configurations of a plugin only that of the strongest scope counts there",
                    "here too, window by window; a length that only a weaker one has counts as well");
        }
    }

    private void scope(String kind, Section scope, List<EntryMatch> outer) {
        Optional<String> name = scope.text(SCOPES.getOrDefault(kind, "name")).or(() -> scope.text("id"));
        String entry = kind.substring(0, kind.length() - 1);
        if (name.isEmpty()) {
            harvest.leftOut(scope.node(), "plugins of a " + entry + " without a name", "give it one");
            return;
        }
        List<EntryMatch> match = new ArrayList<>(outer);
        match.add(new EntryMatch(entry, new Pattern.Exact(name.get())));
        plugins(scope, match, entry);
        if (kind.equals("services")) {
            scope.items("routes").forEach(route -> scope("routes", route, match));
        }
    }

    /** {@code standing}: the kind of scope that has the plugins; empty: none, so all requests. */
    private void plugins(Section scope, List<EntryMatch> match, String standing) {
        for (Section plugin : scope.items("plugins")) {
            String name = plugin.text("name").orElse("");
            List<EntryMatch> whole = new ArrayList<>(match);
            Set<String> kinds = new TreeSet<>(standing.isEmpty() ? List.of() : List.of(standing));
            for (String kind : List.of("service", "route", "consumer_group", "consumer")) {
                plugin.text(kind).or(() -> plugin.text(kind + ".name")).ifPresent(value -> {
                    whole.add(new EntryMatch(kind, new Pattern.Exact(value)));
                    kinds.add(kind);
                });
            }
            Section config = plugin.at("config").orElse(plugin);
            int rank = STRENGTHS.size() - STRENGTHS.indexOf(kinds);
            boolean off = plugin.text("enabled").filter("false"::equals).isPresent();
            Placed placed = new Placed(name, whole, rank, off);
            if (name.equals("rate-limiting")) {
                plugins++;
                plain(plugin, config, placed);
            } else if (name.equals("rate-limiting-advanced")) {
                plugins++;
                advanced(plugin, config, placed);
            } else {
                harvest.dropped(plugin.node(), "plugin " + name, "it isn't a limit");
            }
        }
    }

    private void plain(Section plugin, Section config, Placed placed) {
        Optional<EntryMatch> by = counted(config, config.text("limit_by").orElse("consumer"));
        if (by.isEmpty()) {
            return;
        }
        settings(config);
        boolean any = false;
        for (Map.Entry<String, Long> window : WINDOW_SECONDS.entrySet()) {
            Optional<Section> amount =
                    config.at(window.getKey()).filter(value -> value.text().isPresent());
            if (amount.isEmpty()) {
                continue;
            }
            any = true;
            if (window.getValue() > 86_400) {
                harvest.changed(
                        amount.get().node(),
                        "a calendar " + window.getKey() + " becomes " + window.getValue() / 86_400 + " days",
                        "no limit here follows the calendar");
            }
            add(amount.get(), amount.get().shown(), Algorithm.FIXED_WINDOW, window.getValue() * 1000, by.get(), placed);
        }
        if (!any) {
            harvest.reject(
                    config.node(),
                    "at least one of these fields must be non-empty: 'config.second', 'config.minute', 'config.hour',"
                            + " 'config.day', 'config.month', 'config.year'",
                    "write one of them");
        }
        if (plugin.has("ordering")) {
            harvest.dropped(
                    plugin.at("ordering").orElseThrow().node(), "ordering", "a request asks for all limits at once");
        }
    }

    private void advanced(Section plugin, Section config, Placed placed) {
        Optional<EntryMatch> by = counted(config, config.text("identifier").orElse("consumer"));
        List<Section> limits = config.items("limit");
        List<Section> sizes = config.items("window_size");
        if (limits.isEmpty() || limits.size() != sizes.size()) {
            harvest.reject(
                    config.node(),
                    "You must provide the same number of windows and limits",
                    "write as many in window_size as in limit");
            return;
        }
        if (by.isEmpty()) {
            return;
        }
        settings(config);
        if (plugin.has("ordering")) {
            harvest.dropped(
                    plugin.at("ordering").orElseThrow().node(), "ordering", "a request asks for all limits at once");
        }
        boolean sliding = config.text("window_type").orElse("sliding").equals("sliding");
        for (int i = 0; i < limits.size(); i++) {
            String seconds = sizes.get(i).shown();
            if (!seconds.matches("[0-9]{1,9}") || Long.parseLong(seconds) == 0) {
                harvest.reject(
                        sizes.get(i).node(), "window_size must be a number, not " + seconds, "write whole seconds");
                continue;
            }
            add(
                    limits.get(i),
                    limits.get(i).shown(),
                    sliding ? Algorithm.SLIDING_WINDOW : Algorithm.FIXED_WINDOW,
                    Long.parseLong(seconds) * 1000,
                    by.get(),
                    placed);
        }
    }

    private void add(Section at, String amount, Algorithm algorithm, long periodMillis, EntryMatch by, Placed placed) {
        if (!amount.matches("[0-9]{1,12}") || Long.parseLong(amount) == 0) {
            harvest.reject(at.node(), "a limit must be greater than 0, not " + amount, "write a whole number");
            return;
        }
        List<EntryMatch> whole = new ArrayList<>(placed.match());
        if (whole.stream().noneMatch(condition -> condition.name().equals(by.name()))) {
            whole.add(by);
        }
        long limit = Long.parseLong(amount);
        String hint = String.join(
                ".",
                whole.stream()
                        .map(m -> m.counted()
                                ? "by-" + m.name()
                                : m.name() + "-" + m.pattern().text())
                        .toList());
        String group = placed.plugin() + "-" + periodMillis + "ms";
        harvest.limit(at.node(), algorithm, limit, periodMillis, limit)
                .ifPresent(window -> harvest.add(
                        harvest.namespace(),
                        at.node(),
                        new Sketch(
                                harvest.id(harvest.namespace(), hint),
                                whole,
                                Optional.of(window),
                                placed.off() ? Mode.DISABLED : Mode.ENFORCE,
                                new Precedence(placed.rank(), Optional.of(group), false, List.of()))));
    }

    private Optional<EntryMatch> counted(Section config, String by) {
        switch (by) {
            case "consumer", "credential" -> {
                harvest.changed(
                        config.node(),
                        "counted by " + by + "; Kong counts by address where nobody is known",
                        "send entry '" + by + "' with the address as its value then");
                return Optional.of(new EntryMatch(by, new Pattern.Any()));
            }
            case "ip", "service", "consumer-group" -> {
                return Optional.of(new EntryMatch(by.replace('-', '_'), new Pattern.Any()));
            }
            case "header" -> {
                return named(config, config.text("header_name").orElse(""));
            }
            case "path" -> {
                Optional<String> path = config.text("path");
                path.ifPresent(p -> harvest.changed(
                        config.node(), "counted by path " + p, "send entry 'path'; each value is counted apart"));
                return Optional.of(new EntryMatch(
                        "path", path.<Pattern>map(Pattern.Exact::new).orElseGet(Pattern.Any::new)));
            }
            default -> {
                harvest.leftOut(config.node(), "a limit by " + by, "write a rule that counts by an entry");
                return Optional.empty();
            }
        }
    }

    private Optional<EntryMatch> named(Section config, String header) {
        try {
            return Optional.of(new EntryMatch(Names.checkName("entry name", header), new Pattern.Any()));
        } catch (IllegalArgumentException e) {
            harvest.leftOut(
                    config.node(), "a limit by header '" + header + "': " + e.getMessage(), "name the entry otherwise");
            return Optional.empty();
        }
    }

    private void settings(Section config) {
        for (YamlNode.Field field : config.fields()) {
            String name = field.key().text();
            boolean kept = WINDOW_SECONDS.containsKey(name)
                    || List.of("limit", "window_size", "window_type", "limit_by", "identifier", "header_name", "path")
                            .contains(name);
            if (!kept && !new Section(field.value()).text().orElse("x").isEmpty()) {
                harvest.dropped(field.key(), name, "counters are kept by the cluster; the gateway writes headers");
            }
        }
    }
}
