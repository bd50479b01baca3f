package io.quorate.chaos.check;

import java.util.HashMap;
import java.util.Map;

/** S9: every digest that anyone tells of a group's state, compared at equal applied index. */
final class StateDigests {
    private record Point(int group, long index) {}

    private record Told(String by, long digest) {}

    private final Findings findings;
    private final Map<Point, Told> told = new HashMap<>();

    StateDigests(Findings findings) {
        this.findings = findings;
    }

    void add(int group, long index, String by, long digest) {
        Told first = told.putIfAbsent(new Point(group, index), new Told(by, digest));
        if (first == null) {
            return;
        }
        findings.checked(Invariant.S9, 1);
        if (first.digest() != digest) {
            findings.violated(
                    Invariant.S9,
                    String.format(
                            "behind g%d %d the state of %s is %016x, that of %s %016x",
                            group, index, by, digest, first.by(), first.digest()));
        }
    }
}
