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
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Apache APISIX's declarative configuration: the plugins limit-count, limit-req and limit-conn. */
final class ApisixRules implements Importer {
    private static final List<String> SCOPES =
            List.of("routes", "services", "consumers", "global_rules", "plugin_configs");
    /** Settings that are read, or named in a remark of their own. */
    private static final List<String> KEPT =
            List.of("count", "time_window", "rate", "burst", "conn", "nodelay", "key", "key_type", "group", "_meta");

    private static final List<String> PLUGINS = List.of("limit-count", "limit-req", "limit-conn");

    private final Harvest harvest;

    ApisixRules(Harvest harvest) {
        this.harvest = harvest;
    }

    static boolean recognises(Section root) {
        return SCOPES.stream()
                .flatMap(scope -> root.items(scope).stream())
                .flatMap(scope -> scope.at("plugins").stream())
                .anyMatch(plugins -> !plugins.fields().isEmpty());
    }

    @Override
    public void read(Section root) {
        for (String kind : SCOPES) {
            for (Section scope : root.items(kind)) {
                scope(kind, scope);
            }
        }
    }

    private void scope(String kind, Section scope) {
        List<EntryMatch> match = new ArrayList<>();
        String entry = kind.substring(0, kind.length() - 1);
        if (!kind.equals("global_rules")) {
            Optional<String> name = scope.text("name")
                    .or(() -> scope.text("username"))
                    .or(() -> scope.text("id"))
                    .or(() -> scope.text("uri"));
            if (name.isEmpty()) {
                harvest.leftOut(scope.node(), "plugins of a " + entry + " without name, id or uri", "give it one");
                return;
            }
            match.add(new EntryMatch(entry, new Pattern.Exact(name.get())));
        }
        for (YamlNode.Field plugin : scope.at("plugins").map(Section::fields).orElse(List.of())) {
            if (PLUGINS.contains(plugin.key().text())) {
                plugin(plugin.key().text(), new Section(plugin.value()), match);
            } else {
                harvest.dropped(plugin.key(), "plugin " + plugin.key().text(), "it isn't a limit");
            }
        }
    }

    private void plugin(String name, Section config, List<EntryMatch> scope) {
        Optional<List<EntryMatch>> by = counted(config);
        if (by.isEmpty()) {
            return;
        }
        Optional<Section> group = config.at("group");
        if (group.isPresent()) {
            harvest.leftOut(
                    group.get().node(),
                    "the limit of group " + group.get().shown() + ", which several routes share",
                    "write one rule that counts for all of them");
            return;
        }
        List<EntryMatch> match = new ArrayList<>(scope);
        by.get().stream()
                .filter(condition -> scope.stream().noneMatch(s -> s.name().equals(condition.name())))
                .forEach(match::add);
        Optional<Limit> limit = switch (name) {
            case "limit-count" -> count(config);
            case "limit-req" -> rate(config);
            default -> connections(config);
        };
        limit.ifPresent(found -> harvest.add(
                harvest.namespace(),
                config.node(),
                new Sketch(
                        harvest.id(
                                harvest.namespace(),
                                name
                                        + scope.stream()
                                                .map(m -> "." + m.pattern().text())
                                                .findFirst()
                                                .orElse("")),
                        match,
                        Optional.of(found),
                        config.flag("_meta.disable") ? Mode.DISABLED : Mode.ENFORCE,
                        Precedence.NONE)));
        for (YamlNode.Field field : config.fields()) {
            if (!KEPT.contains(field.key().text())) {
                harvest.dropped(field.key(), field.key().text(), "answers and storage are not the rule's");
            }
        }
    }

    private Optional<Limit> count(Section config) {
        Optional<Long> count = positive(config, "count");
        Optional<Long> seconds = positive(config, "time_window");
        if (count.isEmpty() || seconds.isEmpty()) {
            return Optional.empty();
        }
        harvest.changed(
                config.node(),
                "windows there begin with the first request; here all begin at whole multiples of the period",
                "over many windows the rate is the same");
        return harvest.limit(config.node(), Algorithm.FIXED_WINDOW, count.get(), seconds.get() * 1000, count.get());
    }

    private Optional<Limit> rate(Section config) {
        String rate = config.text("rate").orElse("");
        String burst = config.text("burst").orElse("");
        if (!rate.matches("[0-9]{1,9}(\\.[0-9]{1,3})?") || !burst.matches("[0-9]{1,9}(\\.[0-9]{1,3})?")) {
            harvest.reject(config.node(), "limit-req needs a rate above 0 and a burst", "write rate: 10 and burst: 5");
            return Optional.empty();
        }
        long thousandths = Math.round(Double.parseDouble(rate) * 1000);
        long extra = Math.round(Math.floor(Double.parseDouble(burst)));
        if (thousandths == 0) {
            harvest.reject(config.node(), "rate must be above 0", "write rate: 10");
            return Optional.empty();
        }
        if (!config.flag("nodelay")) {
            harvest.changed(
                    config.node(),
                    "requests above the rate wait there up to the burst",
                    "here they go at once; 'acquire' waits");
        }
        boolean whole = thousandths % 1000 == 0;
        return harvest.limit(
                config.node(),
                Algorithm.GCRA,
                whole ? thousandths / 1000 : thousandths,
                whole ? 1_000 : 1_000_000,
                extra + 1);
    }

    private Optional<Limit> connections(Section config) {
        Optional<Long> connections = positive(config, "conn");
        if (connections.isEmpty()) {
            return Optional.empty();
        }
        long burst = config.text("burst")
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(Long::parseLong)
                .orElse(0L);
        harvest.changed(
                config.node(),
                "connections above conn wait there up to the burst; here " + (connections.get() + burst)
                        + " go at once",
                "a permit that isn't released is free again after 60 s");
        long permits = connections.get() + burst;
        return harvest.limit(config.node(), Algorithm.CONCURRENCY, permits, 60_000, permits);
    }

    private Optional<Long> positive(Section config, String field) {
        Optional<Long> number = config.text(field)
                .filter(text -> text.matches("[1-9][0-9]{0,11}"))
                .map(Long::valueOf);
        if (number.isEmpty()) {
            harvest.reject(
                    config.node(),
                    "property \"" + field + "\" validation failed: expected a whole number above 0",
                    "write " + field + ": 10");
        }
        return number;
    }

    private Optional<List<EntryMatch>> counted(Section config) {
        String key = config.text("key").orElse("remote_addr");
        String type = config.text("key_type").orElse("var").toLowerCase(Locale.ROOT);
        if (type.equals("constant")) {
            return Optional.of(List.of());
        }
        String names = type.equals("var_combination") ? key.replace("$", "") : key.strip();
        List<EntryMatch> match = new ArrayList<>();
        for (String name : names.strip().split("\\s+")) {
            String entry = name.equals("remote_addr") ? "ip" : name.equals("consumer_name") ? "consumer" : name;
            try {
                match.add(new EntryMatch(Names.checkName("entry name", entry), new Pattern.Any()));
            } catch (IllegalArgumentException e) {
                harvest.leftOut(config.node(), "a limit by " + key + ": " + e.getMessage(), "count by plain variables");
                return Optional.empty();
            }
        }
        return Optional.of(match);
    }
}
