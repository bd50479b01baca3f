package io.quorate.chaos.check;

import io.quorate.chaos.check.CounterSpec.Kind;
import io.quorate.chaos.check.CounterSpec.Seen;
import io.quorate.chaos.check.wgl.Call;
import io.quorate.chaos.check.wgl.Linearizability;
import io.quorate.chaos.check.wgl.Linearizability.Verdict;
import io.quorate.chaos.history.Answer;
import io.quorate.chaos.history.Asked;
import io.quorate.chaos.history.HistoryVisitor;
import io.quorate.chaos.history.Operation;
import io.quorate.chaos.history.RequestId;
import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * S8 as a black box, on a sample of counters: no index, no log time, only who asked what when and what was answered.
 *
 * <p>Of a request over several counters each sees its own part: whether it had room, what remained, and whether it was
 * charged. Repeats of a request are one call, from the first time that it was sent to the first answer.
 */
final class KeySearch implements HistoryVisitor {
    /** What a key's search may cost. */
    static final int CALLS_MAX = 200;

    static final long STATES_MAX = 200_000;

    /** A run of more acquires must have a counter that can be searched. */
    private static final int UNSEARCHED_MAX = 1_000;

    private final Findings findings;
    private final Map<String, Limit> sample;
    private final Map<String, List<Operation>> operations = new TreeMap<>();
    private final Map<RequestId, RequestId> refunds = new HashMap<>();
    private final Set<RequestId> openRefunds = new HashSet<>();
    private final Set<RequestId> refundedTwice = new HashSet<>();
    /** Counters of which one of several refunds was never answered: how much it gave back can't be told. */
    private final Set<String> unsure = new HashSet<>();

    private long acquires;

    /** {@code sample} has the counters to look at, each with the one limit that it had. */
    KeySearch(Findings findings, Map<String, Limit> sample) {
        this.findings = findings;
        this.sample = sample;
    }

    @Override
    public void operation(Operation operation) {
        if (operation.answer().status() == Answer.Status.FAIL) {
            return;
        }
        acquires += operation.asked().kind() == Asked.Kind.ACQUIRE ? 1 : 0;
        if (operation.asked().kind() == Asked.Kind.REFUND) {
            refund(operation);
        }
        for (String key : operation.asked().keys()) {
            if (sample.containsKey(key)) {
                operations.computeIfAbsent(key, k -> new ArrayList<>()).add(operation);
            }
        }
    }

    /** A refund that was never answered gave back what it asked for, or nothing; unless there was another one. */
    private void refund(Operation operation) {
        RequestId target = operation.asked().target();
        RequestId id = operation.id();
        boolean another = refunds.containsKey(target) && (!id.isKnown() || !id.equals(refunds.get(target)));
        refunds.putIfAbsent(target, id);
        if (operation.isInfo()) {
            openRefunds.add(target);
        }
        if (another) {
            refundedTwice.add(target);
        }
        if (openRefunds.contains(target) && refundedTwice.contains(target)) {
            unsure.addAll(operation.asked().keys());
        }
    }

    /** The history is over. */
    void end() {
        long unknown = 0;
        unsure.retainAll(sample.keySet());
        operations.keySet().removeAll(unsure);
        for (Map.Entry<String, List<Operation>> key : operations.entrySet()) {
            Limit limit = sample.get(key.getKey());
            if (limit == null) {
                continue;
            }
            Verdict verdict = verdict(limit, key.getKey(), key.getValue());
            findings.checked(
                    Invariant.S8,
                    verdict == Verdict.UNKNOWN ? 0 : key.getValue().size());
            unknown += verdict == Verdict.UNKNOWN ? 1 : 0;
            if (verdict == Verdict.VIOLATED) {
                List<Operation> least = Shrink.operations(
                        key.getValue(), fewer -> verdict(limit, key.getKey(), fewer) == Verdict.VIOLATED);
                findings.violated(new Violation(
                        Invariant.S8,
                        "no order of these operations under " + limit + " gives these answers",
                        key.getKey(),
                        least.get(least.size() - 1).invokedNanos(),
                        least.stream().map(Operation::number).toList()));
            }
        }
        findings.note(
                Invariant.S8,
                "searched " + operations.size() + " counters as a black box, " + unknown
                        + " without a result; left out " + unsure.size() + " with a refund of unknown outcome");
        if (operations.isEmpty() && acquires > UNSEARCHED_MAX) {
            findings.violated(
                    Invariant.S8,
                    "of " + acquires + " acquires no counter could be searched: the run shows too little");
        }
        if (unknown * 100 > Math.max(100, operations.size())) {
            findings.violated(Invariant.S8, "more than 1 % of the searches had no result: the run shows too little");
        }
    }

    static Verdict verdict(Limit limit, String key, List<Operation> of) {
        return Linearizability.check(new CounterSpec(limit), calls(key, of), STATES_MAX);
    }

    /** The calls on a counter, the first ones of it if there are many. */
    private static List<Call<Seen>> calls(String key, List<Operation> of) {
        List<Call<Seen>> calls = new ArrayList<>();
        Map<RequestId, List<Operation>> copies = new HashMap<>();
        for (Operation operation : of) {
            RequestId id = operation.id();
            if (id.isKnown()) {
                copies.computeIfAbsent(id, i -> new ArrayList<>()).add(operation);
            } else {
                add(calls, key, operation, operation.invokedNanos(), operation.returnedNanos());
            }
        }
        copies.values().forEach(same -> {
            long called = same.stream().mapToLong(Operation::invokedNanos).min().orElseThrow();
            Operation answered = same.stream()
                    .filter(o -> !o.isInfo())
                    .min(Comparator.comparingLong(Operation::returnedNanos))
                    .orElse(same.get(0));
            add(calls, key, answered, called, answered.returnedNanos());
        });
        calls.sort(Comparator.comparingLong(Call::calledAt));
        if (calls.size() <= CALLS_MAX) {
            return calls;
        }
        // What begins later is left out; what was under way then may or may not have seen some of it.
        long until = calls.get(CALLS_MAX).calledAt();
        return calls.subList(0, CALLS_MAX).stream()
                .map(c -> c.returnedAt() < until ? c : new Call<>(c.calledAt(), Call.NEVER, c.what()))
                .toList();
    }

    private static void add(List<Call<Seen>> calls, String key, Operation operation, long called, long returned) {
        Asked asked = operation.asked();
        Answer answer = operation.answer();
        int place = asked.keys().indexOf(key);
        Answer.CounterResult said =
                place < answer.results().size() ? answer.results().get(place) : null;
        switch (asked.kind()) {
            case ACQUIRE -> {
                if (operation.isInfo() || said != null) {
                    calls.add(new Call<>(
                            called,
                            returned,
                            new Seen(
                                    Kind.ACQUIRE,
                                    asked.cost(),
                                    answer.allowed(),
                                    said != null && said.allowed(),
                                    said == null ? -1 : said.remaining())));
                }
            }
            case REFUND -> {
                if (operation.isInfo() || answer.allowed()) {
                    long back = operation.isInfo() ? asked.cost() : answer.tokens();
                    calls.add(new Call<>(called, returned, new Seen(Kind.REFUND, back, true, true, -1)));
                }
            }
            case PEEK -> {
                if (said != null) {
                    calls.add(new Call<>(
                            called,
                            returned,
                            new Seen(Kind.PEEK, asked.cost(), answer.allowed(), said.allowed(), said.remaining())));
                }
            }
            case READ -> {
                if (operation.isOk()) {
                    calls.add(new Call<>(called, returned, new Seen(Kind.READ, answer.tokens(), false, true, -1)));
                }
            }
            case RESET, RULES -> {}
        }
    }
}
