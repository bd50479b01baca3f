package io.quorate.cli.imports;

import io.quorate.cli.imports.Remark.Kind;
import io.quorate.cli.rulefile.Problem;
import io.quorate.cli.rulefile.YamlNode;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.Names;
import io.quorate.core.rule.Activation;
import io.quorate.core.rule.Effect;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Precedence;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Gathers what an importer finds in one file. */
final class Harvest {
    /** Most problems and most remarks of one file. */
    private static final int REPORTED_MAX = 1_000;

    private final String file;
    private final String namespace;
    private final int linesBefore;
    private final Map<String, List<Rule>> rules = new LinkedHashMap<>();
    private final Map<String, Set<String>> ids = new LinkedHashMap<>();
    private final List<Remark> remarks = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    /**
     * An empty harvest.
     *
     * @param namespace of limits whose origin has no namespaces
     * @param linesBefore of the file, before the text that is read
     */
    Harvest(String file, String namespace, int linesBefore) {
        this.file = file;
        this.namespace = namespace;
        this.linesBefore = linesBefore;
    }

    /** The namespace of limits whose origin has none. */
    String namespace() {
        return namespace;
    }

    /** The origin would refuse the file for this. */
    void reject(YamlNode at, String what, String advice) {
        if (problems.size() < REPORTED_MAX) {
            problems.add(problem(at, what, advice));
        }
    }

    boolean isRejected() {
        return !problems.isEmpty();
    }

    void leftOut(YamlNode at, String what, String advice) {
        remark(Kind.LEFT_OUT, at, what, advice);
    }

    void changed(YamlNode at, String what, String advice) {
        remark(Kind.CHANGED, at, what, advice);
    }

    void dropped(YamlNode at, String what, String advice) {
        remark(Kind.DROPPED, at, what, advice);
    }

    private void remark(Kind kind, YamlNode at, String what, String advice) {
        if (remarks.size() < REPORTED_MAX) {
            remarks.add(new Remark(kind, problem(at, what, advice)));
        }
    }

    private Problem problem(YamlNode at, String what, String advice) {
        return new Problem(file, at.line() + linesBefore, at.column(), what, advice);
    }

    /** An id that no other rule of the namespace has, like {@code hint} as far as an id can be. */
    String id(String inNamespace, String hint) {
        StringBuilder plain = new StringBuilder();
        hint.codePoints().forEach(c -> plain.appendCodePoint(isNamePart(c) ? c : '-'));
        String base = plain.isEmpty() ? "rule" : plain.substring(0, Math.min(plain.length(), Names.NAME_BYTES_MAX - 6));
        Set<String> taken = ids.computeIfAbsent(inNamespace, name -> new TreeSet<>());
        String id = base;
        for (int i = 2; !taken.add(id); i++) {
            id = base + "-" + i;
        }
        return id;
    }

    private static boolean isNamePart(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-';
    }

    /** Puts a rule in; one that Quorate refuses is left out, with the reason. */
    void add(String inNamespace, YamlNode at, Sketch sketch) {
        try {
            Names.checkName("namespace", inNamespace);
            Rule rule = new Rule(
                    sketch.id(),
                    sketch.match(),
                    sketch.limit()
                            .map(limit -> (Effect) new Effect.Limited(limit))
                            .orElseGet(Effect.Unlimited::new),
                    sketch.mode(),
                    LeaseTerms.DEFAULT,
                    FailureTerms.DENY,
                    sketch.precedence(),
                    Activation.ALWAYS);
            rules.computeIfAbsent(inNamespace, name -> new ArrayList<>()).add(rule);
        } catch (IllegalArgumentException e) {
            leftOut(at, String.valueOf(e.getMessage()), "write this rule by hand");
        }
    }

    /** A limit, or nothing with the reason as a remark. */
    Optional<Limit> limit(YamlNode at, Algorithm algorithm, long amount, long periodMillis, long burst) {
        try {
            if (amount == 0) {
                changed(
                        at,
                        "a limit of 0, which denies every request, becomes 1 in 100 years",
                        "it grants a single request; delete the rule if the request can't come");
                return Optional.of(new Limit(Algorithm.FIXED_WINDOW, 1, Limit.PERIOD_MILLIS_MAX, 1));
            }
            return Optional.of(new Limit(algorithm, amount, periodMillis, burst));
        } catch (IllegalArgumentException e) {
            leftOut(at, String.valueOf(e.getMessage()), "write this rule by hand");
            return Optional.empty();
        }
    }

    Imported imported(Origin origin) {
        if (!problems.isEmpty()) {
            problems.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
            return new Imported.Rejected(problems);
        }
        remarks.sort(Comparator.comparing(Remark::problem, Comparator.comparingInt(Problem::line)));
        List<RuleSet> sets = new ArrayList<>();
        rules.forEach((name, list) -> sets.add(new RuleSet(name, Optional.empty(), list)));
        return new Imported.Rules(origin, sets, remarks);
    }

    /**
     * A rule before it is checked.
     *
     * @param limit none: unlimited
     */
    record Sketch(String id, List<EntryMatch> match, Optional<Limit> limit, Mode mode, Precedence precedence) {
        /** A rule that denies, beside all others. */
        Sketch(String id, List<EntryMatch> match, Limit limit) {
            this(id, match, Optional.of(limit), Mode.ENFORCE, Precedence.NONE);
        }
    }
}
