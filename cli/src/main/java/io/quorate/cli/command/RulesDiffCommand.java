package io.quorate.cli.command;

import io.quorate.cli.text.Counted;
import io.quorate.client.api.QuorateClient;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says in which rules a file and the cluster differ. */
@Command(
        name = "diff",
        description = "Show what applying a rule file would change: rules added, removed, moved, and changed fields.")
final class RulesDiffCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The new rules (YAML).")
    private Path file = Path.of("");

    @Option(
            names = "--now",
            paramLabel = "FILE",
            description = "The rules of now (YAML). Default: those of the namespace in the cluster.")
    private @Nullable Path nowFile;

    private final CommandContext context;

    RulesDiffCommand(CommandContext context) {
        this.context = context;
    }

    /** A field that differs; a value that isn't there is empty. */
    private record Field(String rule, String name, String from, String to) {}

    @Override
    public Integer call() {
        RuleSet newer = RuleFiles.read(file);
        RuleSet now = now(newer.namespace());
        if (!now.namespace().equals(newer.namespace())) {
            throw CommandFailure.usage(
                    "namespace '" + newer.namespace() + "' can't be compared with namespace '" + now.namespace() + "'");
        }
        Map<String, Rule> before = byId(now);
        Map<String, Rule> after = byId(newer);
        List<String> added =
                after.keySet().stream().filter(id -> !before.containsKey(id)).toList();
        List<String> removed =
                before.keySet().stream().filter(id -> !after.containsKey(id)).toList();
        List<Field> changed = new ArrayList<>();
        if (!now.colocate().equals(newer.colocate())) {
            changed.add(new Field(
                    "", "colocate", now.colocate().orElse(""), newer.colocate().orElse("")));
        }
        after.forEach((id, rule) -> Optional.ofNullable(before.get(id)).ifPresent(was -> compare(was, rule, changed)));
        List<String> stayedBefore =
                before.keySet().stream().filter(after::containsKey).toList();
        List<String> stayedAfter =
                after.keySet().stream().filter(before::containsKey).toList();
        boolean moved = !stayedBefore.equals(stayedAfter);
        if (context.json()) {
            context.json(json(newer.namespace(), added, removed, changed, moved));
        } else {
            show(added, removed, changed, moved);
        }
        return ExitCode.OK;
    }

    private RuleSet now(String namespace) {
        Path other = nowFile;
        if (other != null) {
            return RuleFiles.read(other);
        }
        try (QuorateClient client = context.connect()) {
            return client.admin()
                    .rules(namespace)
                    .map(rules -> rules.rules())
                    .orElseGet(() -> new RuleSet(namespace, Optional.empty(), List.of()));
        }
    }

    private static Map<String, Rule> byId(RuleSet rules) {
        Map<String, Rule> byId = new LinkedHashMap<>();
        rules.rules().forEach(rule -> byId.put(rule.id(), rule));
        return byId;
    }

    private static void compare(Rule was, Rule rule, List<Field> changed) {
        if (was.equals(rule)) {
            return;
        }
        Map<String, Object> from = RulesGetCommand.json(was);
        Map<String, Object> to = RulesGetCommand.json(rule);
        TreeSet<String> names = new TreeSet<>(from.keySet());
        names.addAll(to.keySet());
        for (String name : names) {
            String one = String.valueOf(from.getOrDefault(name, ""));
            String other = String.valueOf(to.getOrDefault(name, ""));
            if (!one.equals(other)) {
                changed.add(new Field(rule.id(), name, one, other));
            }
        }
    }

    private void show(List<String> added, List<String> removed, List<Field> changed, boolean moved) {
        added.forEach(id -> context.line("+ " + id));
        removed.forEach(id -> context.line("- " + id));
        for (Field field : changed) {
            context.line("~ " + (field.rule().isEmpty() ? "(namespace)" : field.rule()) + " " + field.name() + ": "
                    + orNone(field.from()) + " -> " + orNone(field.to()));
        }
        if (moved) {
            context.line("~ (namespace) the order of the rules");
        }
        long rules = changed.stream().map(Field::rule).distinct().count();
        context.line(
                added.isEmpty() && removed.isEmpty() && changed.isEmpty() && !moved
                        ? "no difference"
                        : Counted.of(added.size(), "rule") + " added, " + removed.size() + " removed, " + rules
                                + " changed");
    }

    private static String orNone(String value) {
        return value.isEmpty() ? "(none)" : value;
    }

    private static Map<String, Object> json(
            String namespace, List<String> added, List<String> removed, List<Field> changed, boolean moved) {
        return CommandContext.object(
                "namespace",
                namespace,
                "added",
                added,
                "removed",
                removed,
                "changed",
                changed.stream()
                        .map(field -> CommandContext.object(
                                "rule", field.rule(), "field", field.name(), "from", field.from(), "to", field.to()))
                        .toList(),
                "moved",
                moved);
    }
}
