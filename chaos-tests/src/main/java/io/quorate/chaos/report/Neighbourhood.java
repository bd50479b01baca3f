package io.quorate.chaos.report;

import io.quorate.chaos.check.Violation;
import io.quorate.chaos.history.FaultRecord;
import io.quorate.chaos.history.HistoryVisitor;
import io.quorate.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What happened to a violation's counter within two seconds of it, and the operations that show it. */
final class Neighbourhood implements HistoryVisitor {
    private static final long AROUND_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int LINES_MAX = 200;

    private record Line(long atNanos, String text, boolean shows) {}

    private final Violation violation;
    private final Set<Long> shown;
    private final List<Line> lines = new ArrayList<>();

    Neighbourhood(Violation violation) {
        this.violation = violation;
        this.shown = new HashSet<>(violation.operations());
    }

    private boolean isNear(long from, long to) {
        long at = violation.atNanos();
        return at != 0 && from <= at + AROUND_NANOS && to >= at - AROUND_NANOS;
    }

    @Override
    public void operation(Operation operation) {
        boolean shows = shown.contains(operation.number());
        boolean near = isNear(operation.invokedNanos(), operation.answer().returnedNanos())
                && !violation.key().isEmpty()
                && operation.asked().keys().contains(violation.key());
        if (shows || near) {
            String answered = operation.answer().returnedNanos() == Operation.NEVER
                    ? "never answered"
                    : "after " + (operation.answer().returnedNanos() - operation.invokedNanos()) / 1_000 + " us";
            lines.add(new Line(
                    operation.invokedNanos(),
                    "#" + operation.number() + " " + operation.process() + " " + operation.asked() + " " + answered
                            + " " + operation.answer(),
                    shows));
        }
    }

    @Override
    public void fault(FaultRecord fault) {
        if (isNear(fault.startedNanos(), fault.stoppedNanos())) {
            lines.add(new Line(fault.startedNanos(), "fault " + fault, false));
        }
    }

    /** The lines by time; those that show the violation are marked. */
    String text(long originNanos) {
        lines.sort(Comparator.comparingLong(Line::atNanos));
        StringBuilder out = new StringBuilder();
        int written = 0;
        for (Line line : lines) {
            if (line.shows() || written++ < LINES_MAX) {
                out.append(String.format(
                        "%s %10.3f s  %s%n",
                        line.shows() ? ">>" : "  ", (line.atNanos() - originNanos) / 1e9, line.text()));
            }
        }
        return out.toString();
    }
}
