package io.quorate.chaos.history;

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
}
