package io.quorate.cli.imports;

import io.quorate.cli.imports.Harvest.Sketch;
import io.quorate.cli.rulefile.YamlNode;
import io.quorate.cli.text.DurationText;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Pattern;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Resilience4j's rate limiters in Spring configuration, with the configurations that they build on. */
final class Resilience4jRules implements Importer {
    private static final List<String> INSTANCES = List.of("instances", "limiters", "backends");
    private static final List<String> DECIDES = List.of("limitforperiod", "limitrefreshperiod", "baseconfig");
    /** What Resilience4j takes where nothing is written. */
    private static final long DEFAULT_AMOUNT = 50;

    private static final long DEFAULT_PERIOD_NANOS = 500;

    private final Harvest harvest;
    private Section configs = new Section(new YamlNode.Sequence(0, 0, List.of()));

    Resilience4jRules(Harvest harvest) {
        this.harvest = harvest;
    }

    @Override
    public void read(Section root) {
        Section limiters = root.at("resilience4j.ratelimiter").orElseThrow();
        configs = limiters.at("configs").orElse(configs);
        boolean any = false;
        for (String list : INSTANCES) {
            for (YamlNode.Field field : limiters.at(list).map(Section::fields).orElse(List.of())) {
                any = true;
                limiter(field.key(), new Section(field.value()));
            }
        }
        for (YamlNode.Field other : limiters.fields()) {
            String name = other.key().text();
            if (!INSTANCES.contains(name) && !name.equals("configs")) {
                harvest.dropped(other.key(), name, "no decision depends on it");
            }
        }
        if (any) {
            harvest.changed(
                    limiters.node(),
                    "each process has its own limiter there, with periods since its start; here one counter holds for all",
                    "multiply the amount by the number of processes if each should have as much");
        }
    }

    private void limiter(YamlNode.Scalar key, Section limiter) {
        String name = key.text();
        String amount = setting(limiter, "limit-for-period", 0).orElse(String.valueOf(DEFAULT_AMOUNT));
        Optional<String> written = setting(limiter, "limit-refresh-period", 0);
        Optional<Duration> period = written.isEmpty()
                ? Optional.of(Duration.ofNanos(DEFAULT_PERIOD_NANOS))
                : written.flatMap(Resilience4jRules::duration);
        if (!amount.matches("[1-9][0-9]{0,11}")
                || period.isEmpty()
                || period.get().isNegative()
                || period.get().isZero()) {
            harvest.reject(
                    key,
                    "limiter '" + name + "' needs a limitForPeriod and a limitRefreshPeriod above 0",
                    "write limitForPeriod: 10 and limitRefreshPeriod: 1s");
            return;
        }
        limiter.at("base-config")
                .filter(base -> base.text().filter(configs::has).isEmpty())
                .ifPresent(base -> harvest.reject(
                        base.node(),
                        "Configuration with name '" + base.shown() + "' does not exist",
                        "name one of configs"));
        setting(limiter, "timeout-duration", 0)
                .filter(wait -> !wait.matches("0(ms|s)?"))
                .ifPresent(wait -> harvest.changed(
                        key, "limiter '" + name + "' waits up to " + wait, "call 'acquire' with that as its deadline"));
        for (YamlNode.Field field : limiter.fields()) {
            String plain = field.key().text().replace("-", "").toLowerCase(Locale.ROOT);
            if (!DECIDES.contains(plain) && !plain.equals("timeoutduration")) {
                harvest.dropped(field.key(), field.key().text(), "no decision depends on it");
            }
        }
        if (period.get().toMillis() * 1_000_000 != period.get().toNanos()) {
            harvest.leftOut(
                    key,
                    "limiter '" + name + "' with a period of " + period.get(),
                    "periods here are whole milliseconds");
            return;
        }
        long tokens = Long.parseLong(amount);
        harvest.limit(key, Algorithm.FIXED_WINDOW, tokens, period.get().toMillis(), tokens)
                .ifPresent(window -> harvest.add(
                        harvest.namespace(),
                        key,
                        new Sketch(
                                harvest.id(harvest.namespace(), name),
                                List.of(new EntryMatch("limiter", new Pattern.Exact(name))),
                                window)));
    }

    /** A setting of the limiter or of those that it builds on; the last of them is the one named default. */
    private Optional<String> setting(Section limiter, String name, int depth) {
        Optional<String> own = limiter.text(name);
        if (own.isPresent() || depth > configs.fields().size()) {
            return own;
        }
        return limiter.text("base-config")
                .or(() -> Optional.of("default"))
                .flatMap(configs::at)
                .flatMap(config -> setting(config, name, depth + 1));
    }

    private static Optional<Duration> duration(String text) {
        try {
            if (text.matches("[0-9]{1,15}")) {
                return Optional.of(Duration.ofMillis(Long.parseLong(text)));
            }
            if (text.matches("[0-9]{1,15}(ns|us)")) {
                long number = Long.parseLong(text.substring(0, text.length() - 2));
                return Optional.of(Duration.ofNanos(text.endsWith("us") ? number * 1000 : number));
            }
            return Optional.of(
                    text.startsWith("P") ? Duration.parse(text) : Duration.ofMillis(DurationText.parseMillis(text)));
        } catch (IllegalArgumentException | DateTimeParseException e) {
            return Optional.empty(); // reported by the caller, with the limiter's place
        }
    }
}
