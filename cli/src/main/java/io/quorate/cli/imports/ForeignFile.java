package io.quorate.cli.imports;

import io.quorate.cli.rulefile.ParsedRules;
import io.quorate.cli.rulefile.Problem;
import io.quorate.cli.rulefile.Problems;
import io.quorate.cli.rulefile.RuleFile;
import io.quorate.cli.rulefile.YamlNode;
import io.quorate.cli.rulefile.YamlReader;
import java.util.List;
import java.util.Optional;

/**
 * A configuration file of another rate limiter, in YAML or JSON.
 *
 * <p>A Kubernetes ConfigMap with one such file in its data is read as that file.
 */
public final class ForeignFile {
    private ForeignFile() {}

    /**
     * Imports a file's text.
     *
     * @param name stands for the file in problems and remarks
     * @param origin whose file it is; empty: whoever's it looks like
     * @param namespace for limits of an origin without namespaces
     */
    public static Imported read(String name, String text, Optional<Origin> origin, String namespace) {
        return read(name, text, origin, namespace, 0);
    }

    private static Imported read(String name, String text, Optional<Origin> origin, String namespace, int linesBefore) {
        Problems problems = new Problems(name);
        Optional<YamlNode> root = YamlReader.read(problems, text, RuleFile.SIZE_BYTES_MAX);
        if (root.isEmpty() || !problems.none()) {
            ParsedRules.Bad bad = problems.bad();
            return new Imported.Rejected(bad.problems().stream()
                    .map(p -> new Problem(p.file(), p.line() + linesBefore, p.column(), p.what(), p.advice()))
                    .toList());
        }
        Section section = new Section(root.get());
        Optional<YamlNode.Scalar> embedded = embedded(section);
        if (embedded.isPresent() && linesBefore == 0) {
            // A block's text begins in the line after its mark.
            return read(
                    name,
                    embedded.get().text(),
                    origin,
                    namespace,
                    embedded.get().line());
        }
        Optional<Origin> known = origin.or(() -> Origin.of(section));
        if (known.isEmpty()) {
            return new Imported.Rejected(List.of(new Problem(
                    name,
                    root.get().line() + linesBefore,
                    root.get().column(),
                    "no configuration that is known",
                    "give '--from' one of " + String.join(", ", Origin.labels()))));
        }
        Harvest harvest = new Harvest(name, namespace, linesBefore);
        known.get().importer(harvest).read(section);
        return harvest.imported(known.get());
    }

    private static Optional<YamlNode.Scalar> embedded(Section root) {
        if (root.text("kind").filter("ConfigMap"::equals).isEmpty()) {
            return Optional.empty();
        }
        return root.at("data").stream()
                .flatMap(data -> data.fields().stream())
                .map(YamlNode.Field::value)
                .filter(YamlNode.Scalar.class::isInstance)
                .map(YamlNode.Scalar.class::cast)
                .findFirst();
    }
}
