package io.quorate.cli.exports;

import io.quorate.cli.imports.Origin;
import io.quorate.core.rule.RuleSet;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The rate limiters whose configuration rules can be written as. */
public enum Target {
    /** {@code envoyproxy/ratelimit}: a domain with a tree of descriptors. */
    ENVOY("envoy", Origin.ENVOY) {
        @Override
        Draft write(RuleSet rules) {
            return new EnvoyTree().write(rules);
        }
    },
    /** {@code Kuadrant/limitador}: a list of limits. */
    LIMITADOR("limitador", Origin.LIMITADOR) {
        @Override
        Draft write(RuleSet rules) {
            return new LimitadorList().write(rules);
        }
    };

    private final String label;
    private final Origin origin;

    Target(String label, Origin origin) {
        this.label = label;
        this.origin = origin;
    }

    abstract Draft write(RuleSet rules);

    /** Who reads it back. */
    Origin origin() {
        return origin;
    }

    /** As on the command line. */
    public String label() {
        return label;
    }

    /** The target of this name. */
    public static Optional<Target> ofLabel(String label) {
        return Arrays.stream(values()).filter(t -> t.label.equals(label)).findFirst();
    }

    /** All names, for a sentence. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(Target::label).toList();
    }
}
