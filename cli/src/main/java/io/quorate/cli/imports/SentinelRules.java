package io.quorate.cli.imports;

import io.quorate.cli.imports.Harvest.Sketch;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Pattern;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sentinel's flow rules: requests per second or threads of a resource. */
final class SentinelRules implements Importer {
    private final Harvest harvest;
    private boolean clustered;

    SentinelRules(Harvest harvest) {
        this.harvest = harvest;
    }

    @Override
    public void read(Section root) {
        root.items().forEach(this::rule);
    }

    private void rule(Section rule) {
        String resource = rule.text("resource").orElse("");
        String count = rule.text("count").orElse("");
        if (resource.isEmpty() || !count.matches("[0-9]{1,12}(\\.[0-9]+)?")) {
            // Sentinel's own check: such a rule is ignored, with a warning.
            harvest.leftOut(rule.node(), "a rule without a resource or with a wrong count", "Sentinel ignores it too");
            return;
        }
        if (!rule.text("strategy").orElse("0").equals("0")) {
            harvest.leftOut(
                    rule.node(),
                    "the rule of '" + resource + "', which depends on another resource",
                    "write it by hand");
            return;
        }
        List<EntryMatch> match = new ArrayList<>();
        match.add(new EntryMatch("resource", new Pattern.Exact(resource)));
        String origin = rule.text("limitApp").orElse("default");
        if (origin.equals("other")) {
            harvest.leftOut(
                    rule.node(), "the rule of '" + resource + "' for other origins", "match 'origin' with 'not'");
            return;
        }
        if (!origin.equals("default")) {
            match.add(new EntryMatch("origin", new Pattern.Exact(origin)));
        }
        limit(rule, count).ifPresent(limit -> {
            harvest.add(
                    harvest.namespace(),
                    rule.node(),
                    new Sketch(harvest.id(harvest.namespace(), resource), match, limit));
            if (!clustered) {
                clustered = true;
                harvest.changed(
                        rule.node(),
                        "each process counts for itself there; here one counter holds for all",
                        "multiply the amount by the number of processes if each should have as much");
            }
        });
    }

    private Optional<Limit> limit(Section rule, String count) {
        long thousandths = new BigDecimal(count).movePointRight(3).longValue();
        boolean threads = rule.text("grade").orElse("1").equals("0");
        if (threads) {
            long permits = thousandths / 1000;
            return harvest.limit(rule.node(), Algorithm.CONCURRENCY, permits, 60_000, permits);
        }
        String behaviour = rule.text("controlBehavior").orElse("0");
        if (!behaviour.equals("0")) {
            harvest.changed(
                    rule.node(),
                    behaviour.equals("2") ? "requests wait for their turn there" : "the limit warms up there",
                    "here it holds at once; 'acquire' waits");
        }
        boolean whole = thousandths % 1000 == 0;
        long amount = whole ? thousandths / 1000 : thousandths;
        return harvest.limit(rule.node(), Algorithm.SLIDING_WINDOW, amount, whole ? 1_000 : 1_000_000, amount);
    }
}
