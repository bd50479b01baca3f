package io.quorate.chaos.trace;

import io.quorate.cli.trace.TraceRequest;
import io.quorate.core.algorithm.model.NaiveModel;
import io.quorate.core.algorithm.model.NaiveModel.Answer;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the rules say of a trace, decided by the naive models: rules are matched one by one, a counter is a model
 * in a map, and all or nothing is asked first and taken afterwards.
 */
final class NaiveReplay {
    /** A decision as a line of text, so that a difference can be read. */
    record Decision(long line, String rule, String verdict, long remaining, long retryAfterMillis) {}

    private final RuleSet rules;
    private final Map<String, NaiveModel> counters = new HashMap<>();
    private long nowMillis;

    NaiveReplay(RuleSet rules) {
        this.rules = rules;
    }

    List<Decision> decide(TraceRequest request) {
        nowMillis = Math.max(nowMillis, request.timeMillis());
        List<Rule> matching = rules.rules().stream()
                .filter(rule -> rule.match().stream().allMatch(m -> matches(m, request)))
                .toList();
        if (request.cost() == 0) {
            return matching.stream()
                    .map(rule -> decision(request, rule, "admitted", left(counter(rule, request)), 0))
                    .toList();
        }
        boolean granted = true;
        for (Rule rule : matching) {
            granted &= rule.mode() == Mode.SHADOW || room(counter(rule, request), request.cost());
        }
        List<Decision> decisions = new ArrayList<>();
        for (Rule rule : matching) {
            NaiveModel counter = counter(rule, request);
            boolean shadow = rule.mode() == Mode.SHADOW;
            if (!room(counter, request.cost())) {
                Answer answer = counter.acquire(nowMillis, request.cost());
                decisions.add(decision(request, rule, "denied", answer.remaining(), answer.retryAfterMillis()));
            } else if (granted) {
                Answer answer = counter.acquire(nowMillis, request.cost());
                decisions.add(decision(request, rule, "admitted", answer.remaining(), 0));
            } else {
                decisions.add(decision(request, rule, shadow ? "admitted" : "blocked", left(counter), 0));
            }
        }
        return decisions;
    }

    private static Decision decision(TraceRequest request, Rule rule, String verdict, long remaining, long retry) {
        return new Decision(request.line(), rule.id(), verdict, remaining, retry);
    }

    private NaiveModel counter(Rule rule, TraceRequest request) {
        StringBuilder key = new StringBuilder(rule.id());
        for (EntryMatch match : rule.match()) {
            if (match.pattern().text().equals("*")) {
                key.append('\u0000')
                        .append(request.descriptor().value(match.name()).orElseThrow());
            }
        }
        Supplier<NaiveModel> fresh = () -> NaiveModel.of(rule.limit());
        return counters.computeIfAbsent(key.toString(), k -> fresh.get());
    }

    private static boolean matches(EntryMatch match, TraceRequest request) {
        String text = match.pattern().text();
        return request.descriptor()
                .value(match.name())
                .map(value -> text.equals("*")
                        || (text.endsWith("*") && value.startsWith(text.substring(0, text.length() - 1)))
                        || text.equals(value))
                .orElse(false);
    }

    /** Whether the cost would fit: a model has no other way to tell than to say what it would keep. */
    private boolean room(NaiveModel counter, long cost) {
        return left(counter) >= cost;
    }

    /** What is left: a cost that never fits changes nothing and tells it. */
    private long left(NaiveModel counter) {
        return counter.acquire(nowMillis, counter.limit().capacity() + 1).remaining();
    }
}
