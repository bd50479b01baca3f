package io.quorate.benchmarks;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A namespace of many rules, and requests of which each matches three: half of the rules are of one customer each, a
 * quarter of one service and the paths below one prefix, a quarter of one network of addresses.
 */
final class ManyRules {
    private static final Limit LIMIT = Limit.of(Algorithm.GCRA, 1000, 1000);
    /** Paths of one service that have a rule. */
    private static final int PATHS = 16;

    private final int customers;
    private final int paths;
    private final int networks;
    private final List<NumberedRule> rules;

    /** So many rules, 10 or more. */
    ManyRules(int count) {
        this.customers = count / 2;
        this.paths = count / 4;
        this.networks = count - customers - paths;
        this.rules = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rules.add(new NumberedRule(rule(i, LIMIT), i + 1));
        }
    }

    AppliedRules applied() {
        return new AppliedRules("bench", 1, Optional.empty(), rules);
    }

    /** The same rules, but that one of them has another limit. */
    AppliedRules changed(AppliedRules before, int place, long amount) {
        List<NumberedRule> newer = new ArrayList<>(before.rules());
        Limit limit = Limit.of(Algorithm.GCRA, amount, 1000);
        newer.set(place, new NumberedRule(rule(place, limit), before.rules().size() + (int) amount));
        return new AppliedRules("bench", before.version() + 1, Optional.empty(), newer);
    }

    private Rule rule(int i, Limit limit) {
        List<EntryMatch> match;
        if (i < customers) {
            match = List.of(
                    new EntryMatch("plan", new Pattern.Exact("paid")),
                    new EntryMatch("customer", new Pattern.Exact("customer-" + i)));
        } else if (i < customers + paths) {
            int path = i - customers;
            match = List.of(
                    new EntryMatch("service", new Pattern.Exact("service-" + path / PATHS)),
                    new EntryMatch("path", new Pattern.Prefix("/v1/" + path % PATHS + "/")));
        } else {
            match = List.of(new EntryMatch("address", Pattern.Cidr.parse(network(i - customers - paths) + ".0/24")));
        }
        return new Rule("rule-" + i, match, limit, Mode.ENFORCE);
    }

    private static String network(int i) {
        return (i >>> 16) + 10 + "." + (i >>> 8 & 255) + "." + (i & 255);
    }

    /** Requests drawn at random; their texts are of their own, as those that come from a network. */
    List<Descriptor> requests(int count, long seed) {
        Random random = new Random(seed);
        List<Descriptor> requests = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int path = random.nextInt(paths);
            requests.add(Descriptor.of(
                    "customer",
                    "customer-" + random.nextInt(customers),
                    "plan",
                    "paid",
                    "service",
                    "service-" + path / PATHS,
                    "path",
                    "/v1/" + path % PATHS + "/items/" + random.nextInt(1000),
                    "address",
                    network(random.nextInt(networks)) + "." + random.nextInt(256)));
        }
        return requests;
    }
}
