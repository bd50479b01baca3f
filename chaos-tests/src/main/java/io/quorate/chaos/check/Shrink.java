package io.quorate.chaos.check;

import io.quorate.chaos.history.Answer;
import io.quorate.chaos.history.Asked;
import io.quorate.chaos.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Makes a history smaller that shows something wrong. */
final class Shrink {
    private Shrink() {}

    /**
     * What of a wrong history is needed to see that it is wrong: its shortest beginning that is, without whatever
     * changed nothing and isn't needed. What changed something stays: without it others would be wrong that aren't.
     */
    static List<Operation> operations(List<Operation> wrong, Predicate<List<Operation>> isWrong) {
        List<Operation> ordered = new ArrayList<>(wrong);
        ordered.sort(Comparator.comparingLong(Operation::returnedNanos));
        int shortest = ordered.size();
        int right = 0;
        while (right + 1 < shortest) {
            int middle = (right + shortest) / 2;
            if (isWrong.test(beginning(ordered, middle))) {
                shortest = middle;
            } else {
                right = middle;
            }
        }
        List<Operation> left = beginning(ordered, shortest);
        for (Operation each : List.copyOf(left)) {
            List<Operation> fewer = new ArrayList<>(left);
            fewer.remove(each);
            if (changesNothing(each) && isWrong.test(fewer)) {
                left = fewer;
            }
        }
        left.sort(Comparator.comparingLong(Operation::invokedNanos));
        return left;
    }

    /** The first answers, and what had been asked by then: its effect may have been seen. */
    private static List<Operation> beginning(List<Operation> byAnswer, int answers) {
        long until = byAnswer.get(answers - 1).returnedNanos();
        List<Operation> begun = new ArrayList<>(byAnswer.subList(0, answers));
        for (Operation later : byAnswer.subList(answers, byAnswer.size())) {
            if (later.invokedNanos() <= until) {
                begun.add(new Operation(
                        later.number(),
                        later.process(),
                        later.invokedNanos(),
                        later.asked(),
                        Answer.info(Operation.NEVER, "not answered by then")));
            }
        }
        return begun;
    }

    private static boolean changesNothing(Operation operation) {
        return operation.asked().kind() == Asked.Kind.PEEK
                || operation.asked().kind() == Asked.Kind.READ
                || operation.isInfo()
                || !operation.answer().allowed();
    }
}
