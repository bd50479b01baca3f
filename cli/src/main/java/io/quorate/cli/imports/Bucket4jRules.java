package io.quorate.cli.imports;

import io.quorate.cli.imports.Harvest.Sketch;
import io.quorate.cli.rulefile.YamlNode;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Regex;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The Bucket4j Spring Boot starter's filters. */
final class Bucket4jRules implements Importer {
    private static final Map<String, Long> UNIT_MILLIS = Map.of(
            "milliseconds", 1L,
            "millis", 1L,
            "seconds", 1_000L,
            "minutes", 60_000L,
            "hours", 3_600_000L,
            "days", 86_400_000L);

    private final Harvest harvest;

    Bucket4jRules(Harvest harvest) {
        this.harvest = harvest;
    }

    @Override
    public void read(Section root) {
        for (YamlNode.Field other : root.at("bucket4j").map(Section::fields).orElse(List.of())) {
            if (!other.key().text().equals("filters")) {
                harvest.dropped(other.key(), other.key().text(), "counters are kept by the cluster");
            }
        }
        for (Section filter : root.items("bucket4j.filters")) {
            Optional<List<EntryMatch>> url = url(filter);
            filter.at("strategy")
                    .filter(strategy -> strategy.shown().equalsIgnoreCase("first"))
                    .filter(strategy -> filter.items("rate-limits").size() > 1)
                    .ifPresent(strategy -> harvest.changed(
                            strategy.node(),
                            "of several rate limits only the first that fits counts there; here all do",
                            "put them into one 'group'"));
            for (Section limit : filter.items("rate-limits")) {
                url.ifPresent(match -> limit(filter, limit, match));
            }
            if (filter.items("rate-limits").isEmpty()) {
                harvest.reject(filter.node(), "a filter needs rate-limits", "write at least one with bandwidths");
            }
        }
    }

    private Optional<List<EntryMatch>> url(Section filter) {
        String url = filter.text("url").orElse(".*");
        if (url.equals(".*")) {
            return Optional.of(List.of());
        }
        try {
            return Optional.of(List.of(new EntryMatch("endpoint", new Regex(url))));
        } catch (IllegalArgumentException e) {
            harvest.leftOut(
                    filter.node(),
                    "the filter of url " + url + ": " + e.getMessage(),
                    "write a pattern without look-around");
            return Optional.empty();
        }
    }

    private void limit(Section filter, Section limit, List<EntryMatch> url) {
        List<EntryMatch> match = new ArrayList<>(url);
        for (String condition : List.of("execute-condition", "skip-condition")) {
            Optional<Section> expression = limit.at(condition);
            if (expression.isPresent()) {
                harvest.leftOut(
                        expression.get().node(),
                        "the rate limit with " + condition + " "
                                + expression.get().shown(),
                        "write its condition as a match on an entry");
                return;
            }
        }
        Optional<Section> key = limit.at("cache-key");
        if (key.isPresent()) {
            Optional<String> entry = counted(key.get().shown());
            if (entry.isEmpty()) {
                harvest.leftOut(
                        key.get().node(),
                        "the rate limit by cache-key " + key.get().shown(),
                        "send what the expression gives as an entry, and count by that");
                return;
            }
            match.add(new EntryMatch(entry.get(), new Pattern.Any()));
        }
        for (Section bandwidth : limit.items("bandwidths")) {
            bandwidth(filter, bandwidth, match);
        }
    }

    private void bandwidth(Section filter, Section bandwidth, List<EntryMatch> match) {
        Optional<Long> capacity = number(bandwidth, "capacity");
        Optional<Long> time = number(bandwidth, "time");
        Long unit = UNIT_MILLIS.get(bandwidth.text("unit").orElse("").toLowerCase(Locale.ROOT));
        if (capacity.isEmpty() || time.isEmpty() || unit == null) {
            harvest.reject(
                    bandwidth.node(),
                    "a bandwidth needs capacity, time and unit",
                    "write capacity: 5, time: 10, unit: seconds");
            return;
        }
        long refill = number(bandwidth, "refill-capacity").orElse(capacity.get());
        boolean interval = bandwidth.text("refill-speed").orElse("greedy").equalsIgnoreCase("interval");
        boolean window = interval && refill == capacity.get();
        if (interval) {
            harvest.changed(
                    bandwidth.node(),
                    window
                            ? "refilled at once each interval since the bucket was made; here windows begin at whole"
                                    + " multiples of the period"
                            : "refilled at once each interval; here bit by bit",
                    "over many intervals the rate is the same");
        }
        if (bandwidth.has("initial-capacity")) {
            harvest.changed(
                    bandwidth.at("initial-capacity").orElseThrow().node(),
                    "initial-capacity",
                    "a counter here begins with all that it may grant");
        }
        if (time.get() > Limit.PERIOD_MILLIS_MAX / unit) {
            harvest.leftOut(bandwidth.node(), "a bandwidth over more than 100 years", "no period here is longer");
            return;
        }
        Optional<Limit> limit = harvest.limit(
                bandwidth.node(),
                window ? Algorithm.FIXED_WINDOW : Algorithm.TOKEN_BUCKET,
                refill,
                time.get() * unit,
                capacity.get());
        String hint = filter.text("id").or(() -> filter.text("url")).orElse("filter");
        limit.ifPresent(found -> harvest.add(
                harvest.namespace(),
                bandwidth.node(),
                new Sketch(harvest.id(harvest.namespace(), hint), match, found)));
    }

    private static Optional<Long> number(Section at, String field) {
        return at.text(field).filter(text -> text.matches("[1-9][0-9]{0,11}")).map(Long::valueOf);
    }

    private static Optional<String> counted(String expression) {
        String plain = expression.replaceAll("\\s", "");
        if (plain.matches("(getRemoteAddr(ess)?|getRemoteHost)\\(\\)(\\.\\w+\\(\\))*|remoteAddress.*")) {
            return Optional.of("ip");
        }
        return plain.matches("getUserPrincipal\\(\\)\\??\\.(getName\\(\\)|name)")
                        || plain.matches("@securityService\\.username\\(\\)")
                ? Optional.of("user")
                : Optional.empty();
    }
}
