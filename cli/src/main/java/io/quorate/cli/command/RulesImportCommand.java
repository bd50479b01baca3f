package io.quorate.cli.command;

import io.quorate.cli.imports.ForeignFile;
import io.quorate.cli.imports.Imported;
import io.quorate.cli.imports.Origin;
import io.quorate.cli.imports.Remark;
import io.quorate.cli.rulefile.Problem;
import io.quorate.cli.rulefile.RuleFile;
import io.quorate.cli.text.Counted;
import io.quorate.core.quota.Names;
import io.quorate.core.rule.RuleSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Turns another rate limiter's configuration into rule files. */
@Command(
        name = "import",
        description = {
            "Turn another rate limiter's configuration into a rule file; no cluster is asked.",
            "What can't keep its meaning is named on standard error, line by line."
        })
final class RulesImportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The configuration, YAML or JSON.")
    private Path file = Path.of("");

    @Option(
            names = "--from",
            paramLabel = "ORIGIN",
            description = "Whose configuration: envoy, limitador, kuadrant, kong, apisix, bucket4j, resilience4j,"
                    + " spring-gateway or sentinel; default: whoever's it looks like.")
    private @Nullable String from;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            defaultValue = "imported",
            description =
                    "Namespace of limits that have none; of a file with several, the one to print. Default: imported.")
    private String namespace = "imported";

    @Option(names = "--out", paramLabel = "DIR", description = "Write NAMESPACE.yaml for each into this folder.")
    private @Nullable Path out;

    @Option(names = "--strict", description = "Fail (exit code 2) if a limit is left out or changed.")
    private boolean strict;

    private final CommandContext context;

    RulesImportCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Names.checkName("namespace", namespace);
        Optional<Origin> origin = Optional.ofNullable(from)
                .map(label -> Origin.ofLabel(label)
                        .orElseThrow(() -> CommandFailure.usage("no configuration is known as '" + label
                                + "'; write one of " + String.join(", ", Origin.labels()))));
        Imported imported = ForeignFile.read(file.toString(), text(), origin, namespace);
        if (imported instanceof Imported.Rejected rejected) {
            return rejected(rejected.problems());
        }
        Imported.Rules rules = (Imported.Rules) imported;
        boolean whole = rules.remarks().stream().allMatch(remark -> remark.kind() == Remark.Kind.DROPPED);
        if (!context.json()) {
            rules.remarks().forEach(remark -> context.note(remark.toString()));
        }
        List<RuleSet> wanted = out == null ? List.of(one(rules.rules())) : rules.rules();
        if (context.json()) {
            context.json(CommandContext.object(
                    "origin", rules.origin().label(),
                    "whole", whole,
                    "rules", wanted.stream().map(RulesImportCommand::json).toList(),
                    "remarks",
                            rules.remarks().stream()
                                    .map(RulesImportCommand::json)
                                    .toList()));
        }
        if (strict && !whole) {
            throw CommandFailure.usage(
                    file + ": " + "not every limit keeps its meaning, as named above; leave '--strict' out"
                            + " to import the others");
        }
        write(wanted);
        return ExitCode.OK;
    }

    private String text() {
        try {
            if (Files.size(file) > RuleFile.SIZE_BYTES_MAX) {
                throw CommandFailure.usage(
                        file + ": larger than " + RuleFile.SIZE_BYTES_MAX + " bytes; import it in parts");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw CommandFailure.usage(file + ": can't be read as UTF-8 text: " + Causes.text(e));
        }
    }

    private int rejected(List<Problem> problems) {
        if (context.json()) {
            context.json(CommandContext.object(
                    "right",
                    false,
                    "problems",
                    problems.stream().map(RuleFiles::json).toList()));
        } else {
            problems.forEach(problem -> context.note(problem.toString()));
        }
        return ExitCode.USAGE;
    }

    private RuleSet one(List<RuleSet> sets) {
        if (sets.isEmpty()) {
            throw CommandFailure.usage(file + ": no limit that can be kept; see the remarks above");
        }
        if (sets.size() == 1) {
            return sets.get(0);
        }
        return sets.stream()
                .filter(set -> set.namespace().equals(namespace))
                .findFirst()
                .orElseThrow(() -> CommandFailure.usage(file + ": has the namespaces "
                        + sets.stream().map(RuleSet::namespace).collect(Collectors.joining(", "))
                        + "; give '--out DIR' to write them all, or '--namespace' to print one"));
    }

    private void write(List<RuleSet> sets) {
        if (out == null) {
            if (!context.json()) {
                context.raw(RuleFile.print(sets.get(0)));
            }
            return;
        }
        List<String> written = new ArrayList<>();
        try {
            Files.createDirectories(out);
            for (RuleSet set : sets) {
                Path target = out.resolve(set.namespace() + ".yaml");
                Files.writeString(target, RuleFile.print(set));
                written.add(target + " (" + Counted.of(set.rules().size(), "rule") + ")");
            }
        } catch (IOException e) {
            throw CommandFailure.usage(out + ": can't be written: " + Causes.text(e));
        }
        if (!context.json()) {
            written.forEach(line -> context.line("wrote " + line));
        }
    }

    private static Map<String, Object> json(RuleSet set) {
        return CommandContext.object("namespace", set.namespace(), "file", RuleFile.print(set));
    }

    private static Map<String, Object> json(Remark remark) {
        Map<String, Object> json = RuleFiles.json(remark.problem());
        json.put("kind", remark.kind().label());
        return json;
    }
}
