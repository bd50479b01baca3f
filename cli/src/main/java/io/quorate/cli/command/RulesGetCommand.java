package io.quorate.cli.command;

import io.quorate.cli.rulefile.RuleFile;
import io.quorate.client.api.QuorateAdmin.NamespaceRules;
import io.quorate.client.api.QuorateClient;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.Names;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Precedence;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows a namespace's rules as a rule file. */
@Command(name = "get", description = "Show a namespace's rules as a rule file.")
final class RulesGetCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAMESPACE", description = "Whose rules to show.")
    private String namespace = "";

    private final CommandContext context;

    RulesGetCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Names.checkName("namespace", namespace);
        try (QuorateClient client = context.connect()) {
            NamespaceRules rules = client.admin()
                    .rules(namespace)
                    .orElseThrow(() -> CommandFailure.usage("namespace '" + namespace
                            + "' has no rules; 'quorate rules list' shows those that have some"));
            if (context.json()) {
                context.json(json(rules));
            } else {
                // The printer quotes and escapes whatever a terminal would obey.
                context.raw("# version " + rules.version() + "\n" + RuleFile.print(rules.rules()));
            }
        }
        return ExitCode.OK;
    }

    private static Map<String, Object> json(NamespaceRules rules) {
        List<Object> list = new ArrayList<>();
        for (Rule rule : rules.rules().rules()) {
            list.add(json(rule));
        }
        Map<String, Object> json =
                CommandContext.object("namespace", rules.rules().namespace(), "version", rules.version());
        rules.rules().colocate().ifPresent(entry -> json.put("colocate", entry));
        json.put("rules", list);
        return json;
    }

    /** A rule by its fields, as the rule file names them; those that are the default may lack. */
    static Map<String, Object> json(Rule rule) {
        Map<String, Object> match = new LinkedHashMap<>();
        List<Object> counted = new ArrayList<>();
        for (EntryMatch condition : rule.match()) {
            match.merge(condition.name(), condition.pattern().text(), (one, other) -> one + " and " + other);
            if (condition.counted()) {
                counted.add(condition.name());
            }
        }
        Map<String, Object> one = CommandContext.object(
                "id",
                rule.id(),
                "match",
                match,
                "counted",
                counted,
                "limit",
                rule.limitIfAny().<Object>map(RulesGetCommand::limit).orElse("unlimited"),
                "mode",
                rule.mode().label());
        terms(rule, one);
        order(rule, one);
        return one;
    }

    /** As in the rule file, terms that are the default aren't there. */
    private static void terms(Rule rule, Map<String, Object> json) {
        LeaseTerms lease = rule.leaseTerms();
        if (!lease.allowed()) {
            json.put("lease", "off");
        } else if (!lease.equals(LeaseTerms.DEFAULT)) {
            Map<String, Object> terms = new LinkedHashMap<>();
            if (lease.tokensMax() > 0) {
                terms.put("max", lease.tokensMax());
            }
            if (lease.ttlMillis() > 0) {
                terms.put("ttl_ms", lease.ttlMillis());
            }
            json.put("lease", terms);
        }
        FailureTerms failure = rule.failureTerms();
        if (!failure.denies()) {
            json.put(
                    "on_unavailable",
                    CommandContext.object("allow", failure.amount(), "period_ms", failure.periodMillis()));
        }
    }

    private static void order(Rule rule, Map<String, Object> json) {
        Precedence precedence = rule.precedence();
        if (!precedence.equals(Precedence.NONE)) {
            json.put("priority", precedence.priority());
            precedence.group().ifPresent(group -> json.put("group", group));
            json.put("stop", precedence.stops());
            json.put("replaces", precedence.replaces());
        }
        rule.activation()
                .rollout()
                .ifPresent(part -> json.put(
                        "rollout",
                        CommandContext.object(
                                "percent", part.basisPoints() / 100.0, "by", part.by(), "salt", part.salt())));
        if (!rule.activation().windows().isEmpty()) {
            List<Object> windows = new ArrayList<>();
            for (Window window : rule.activation().windows()) {
                windows.add(CommandContext.object("from_ms", window.fromMillis(), "until_ms", window.untilMillis()));
            }
            json.put("active", windows);
        }
    }

    static Map<String, Object> limit(Limit limit) {
        return CommandContext.object(
                "algorithm", limit.algorithm().label(),
                "amount", limit.amount(),
                "period_ms", limit.periodMillis(),
                "burst", limit.burst());
    }
}
