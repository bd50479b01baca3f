package io.quorate.chaos.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the checks of a run found: of each invariant how much was looked at, what violates it, and why it wasn't judged
 * if it wasn't. Nothing is left out silently: {@link #table} has a line for each.
 */
public final class Findings {
    /** More violations of one invariant than this are counted and not kept. */
    private static final int KEPT_MAX = 100;

    private final Map<Invariant, Long> checked = new EnumMap<>(Invariant.class);
    private final Map<Invariant, Long> violated = new EnumMap<>(Invariant.class);
    private final Map<Invariant, List<String>> notes = new EnumMap<>(Invariant.class);
    private final List<Violation> violations = new ArrayList<>();

    private long operations;
    private long uses;

    /** One line of the table. */
    public record Line(Invariant invariant, long checked, long violations, String note) {
        /** {@code ok}, {@code VIOLATED}, or {@code not judged}. */
        public String verdict() {
            return violations > 0 ? "VIOLATED" : checked > 0 ? "ok" : "not judged";
        }
    }

    /** Notes that so many things were looked at. */
    public void checked(Invariant invariant, long count) {
        checked.merge(invariant, count, Long::sum);
    }

    /** Notes how large the run was. */
    void sizes(long allOperations, long allUses) {
        operations = allOperations;
        uses = allUses;
    }

    /** Operations of the run's history. */
    public long operations() {
        return operations;
    }

    /** Uses that client processes recorded by themselves, besides. */
    public long uses() {
        return uses;
    }

    public void violated(Violation violation) {
        if (violated.merge(violation.invariant(), 1L, Long::sum) <= KEPT_MAX) {
            violations.add(violation);
        }
    }

    /** A violation that single operations show. */
    public void violated(Invariant invariant, String what, long... operations) {
        List<Long> numbers = new ArrayList<>();
        for (long operation : operations) {
            numbers.add(operation);
        }
        violated(new Violation(invariant, what, "", 0, numbers));
    }

    /** Says something about how an invariant was judged, or why it wasn't. */
    public void note(Invariant invariant, String text) {
        List<String> texts = notes.computeIfAbsent(invariant, key -> new ArrayList<>());
        if (!texts.contains(text)) {
            texts.add(text);
        }
    }

    /** The first hundred of each invariant. */
    public List<Violation> violations() {
        return List.copyOf(violations);
    }

    public boolean isClean() {
        return violated.isEmpty();
    }

    public long checked(Invariant invariant) {
        return checked.getOrDefault(invariant, 0L);
    }

    public long violations(Invariant invariant) {
        return violated.getOrDefault(invariant, 0L);
    }

    /** A line for every invariant there is. */
    public List<Line> table() {
        List<Line> lines = new ArrayList<>();
        for (Invariant invariant : Invariant.values()) {
            String note = Optional.ofNullable(notes.get(invariant))
                    .map(texts -> String.join("; ", texts))
                    .orElse(
                            checked(invariant) == 0 && violations(invariant) == 0
                                    ? "nothing in this run shows it"
                                    : "");
            lines.add(new Line(invariant, checked(invariant), violations(invariant), note));
        }
        return lines;
    }

    /** The table as text for a terminal. */
    public String text() {
        StringBuilder out = new StringBuilder(
                String.format("%,d operations, and %,d uses of leases that processes recorded%n", operations, uses));
        out.append(String.format("%-4s %-10s %12s %10s  %s%n", "", "verdict", "checked", "violations", "what"));
        for (Line line : table()) {
            out.append(String.format(
                    "%-4s %-10s %,12d %10d  %s%s%n",
                    line.invariant(),
                    line.verdict(),
                    line.checked(),
                    line.violations(),
                    line.invariant().title(),
                    line.note().isEmpty() ? "" : " (" + line.note() + ")"));
        }
        violations.forEach(v -> out.append(v).append('\n'));
        return out.toString();
    }
}
