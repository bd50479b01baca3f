package io.quorate.chaos.history;

import java.util.List;

/** Is shown what a history holds. What a reader doesn't look at, it leaves as it is. */
public interface HistoryVisitor {
    /** An operation, when it was answered; those that never were come last. */
    default void operation(Operation operation) {}

    /** A fault, when it was over; those that never were come last. */
    default void fault(FaultRecord fault) {}

    /** What a node said of a group. */
    default void sighting(Sighting sighting) {}

    /** Something that was noted about the run, such as its seed. */
    default void note(String name, String value) {}

    /** Shows one reading of a history to all of them, each thing in this order. */
    static HistoryVisitor all(HistoryVisitor... visitors) {
        List<HistoryVisitor> each = List.of(visitors);
        return new HistoryVisitor() {
            @Override
            public void operation(Operation operation) {
                each.forEach(v -> v.operation(operation));
            }

            @Override
            public void fault(FaultRecord fault) {
                each.forEach(v -> v.fault(fault));
            }

            @Override
            public void sighting(Sighting sighting) {
                each.forEach(v -> v.sighting(sighting));
            }

            @Override
            public void note(String name, String value) {
                each.forEach(v -> v.note(name, value));
            }
        };
    }
}
