package io.quorate.cli.replay;

import io.quorate.cli.trace.TraceRequest;
import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.Command.Acquire;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.machine.Transition;
import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.RuleSet;
import io.quorate.storage.memory.MemoryStore;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A trace run through the real core in the trace's own time, without cluster, clock or disk.
 *
 * <p>Requests that arrive at one time make one log entry (up to its bound), as they would in a leader's batch, and
 * a time before the last one counts as the last, as log time does. A request of cost 0 takes nothing: it is
 * admitted, and reports what is left.
 *
 * <p>Not thread-safe. Call {@link #offer} for each request, then {@link #finish}.
 */
public final class Replay {
    private final TraceRules rules;
    private final DecisionListener listener;
    private final Machine machine;
    private final MachineLimits limits;
    private final MemoryStore store = new MemoryStore();
    private final List<TraceRequest> requests = new ArrayList<>();
    private final List<List<Matched>> matches = new ArrayList<>();
    private final BitSet limitsSent = new BitSet();
    private final List<LimitDefinition> newLimits = new ArrayList<>();
    private long nowMillis;
    private long index;
    private long sessionId;
    private long sessionUsedMillis;
    private long sequence;

    public Replay(RuleSet rules, DecisionListener listener) {
        this(rules, MachineLimits.DEFAULT, listener);
    }

    Replay(RuleSet rules, MachineLimits limits, DecisionListener listener) {
        this.rules = new TraceRules(rules);
        this.limits = limits;
        this.machine = new Machine(limits);
        this.listener = listener;
    }

    /** Takes the next request; it is decided at the latest in {@link #finish}. */
    public void offer(TraceRequest request) {
        if (request.timeMillis() > nowMillis) {
            flush();
            nowMillis = request.timeMillis();
            rules.at(nowMillis);
        }
        List<Matched> matched;
        try {
            matched = rules.match(request.descriptor());
        } catch (IllegalArgumentException e) {
            flush();
            listener.refused(request, String.valueOf(e.getMessage()));
            return;
        }
        if (matched.isEmpty() || request.cost() == 0) {
            flush();
            takeNothing(request, matched);
            return;
        }
        requests.add(request);
        matches.add(matched);
        if (requests.size() == LogEntry.COMMANDS_MAX) {
            flush();
        }
    }

    /** Decides what is still waiting. */
    public void finish() {
        flush();
    }

    /** The log time of the last request offered. */
    public long logTimeMillis() {
        return nowMillis;
    }

    private void takeNothing(TraceRequest request, List<Matched> matched) {
        for (Matched one : matched) {
            // Asked for one token, a counter says what it would keep; so it has one more, or none.
            Outcome.ChargeResult result = machine.peek(store, nowMillis, 1, List.of(charge(one)), rules::limit)
                    .results()
                    .get(0);
            long remaining = result.allowed() ? result.remaining() + 1 : 0;
            listener.decided(request, one, RuleVerdict.ADMITTED, remaining, 0);
        }
        listener.answered(request, matched.size(), true);
    }

    private void flush() {
        if (requests.isEmpty()) {
            return;
        }
        if (sessionId == 0 || nowMillis - sessionUsedMillis >= limits.sessionTtlMillis()) {
            openSession();
        }
        List<Applied> answers = apply(commands());
        sessionUsedMillis = nowMillis;
        for (int i = 0; i < answers.size(); i++) {
            report(requests.get(i), matches.get(i), answers.get(i).outcome());
        }
        requests.clear();
        matches.clear();
    }

    private List<Command> commands() {
        List<Command> commands = new ArrayList<>(requests.size());
        long ackedBelow = sequence + 1;
        for (int i = 0; i < requests.size(); i++) {
            TraceRequest request = requests.get(i);
            List<Charge> charges = new ArrayList<>(matches.get(i).size());
            for (Matched matched : matches.get(i)) {
                charges.add(charge(matched));
                int limitId = matched.rule().limitId();
                if (!limitsSent.get(limitId)) {
                    limitsSent.set(limitId);
                    newLimits.add(new LimitDefinition(limitId, rules.limit(limitId)));
                }
            }
            commands.add(new Acquire(sessionId, ++sequence, ackedBelow, request.line(), request.cost(), charges));
        }
        return commands;
    }

    private static Charge charge(Matched matched) {
        return new Charge(
                matched.key(), matched.rule().limitId(), matched.rule().rule().mode());
    }

    private void openSession() {
        Outcome outcome =
                apply(List.of(new Command.OpenSession("replay"))).get(0).outcome();
        if (!(outcome instanceof Outcome.SessionOpened opened)) {
            throw new IllegalStateException("the core opened no session: " + outcome);
        }
        if (sessionId != 0) {
            apply(List.of(new Command.CloseSession(sessionId)));
        }
        sessionId = opened.sessionId();
        sequence = 0;
    }

    private List<Applied> apply(List<Command> commands) {
        LogEntry entry = new LogEntry(nowMillis, TraceRules.VERSION, newLimits, commands);
        Transition transition = machine.apply(store, ++index, 1, entry);
        store.commit(transition.changes());
        newLimits.clear();
        limitsSent.clear();
        return transition.answers();
    }

    private void report(TraceRequest request, List<Matched> matched, Outcome outcome) {
        if (outcome instanceof Outcome.Refused refused) {
            listener.refused(request, "refused: " + refused.reason());
            return;
        }
        if (!(outcome instanceof Outcome.Acquired acquired)) {
            throw new IllegalStateException("an acquire has another outcome: " + outcome);
        }
        for (int i = 0; i < matched.size(); i++) {
            Outcome.ChargeResult result = acquired.results().get(i);
            boolean shadow = matched.get(i).rule().rule().mode() == Mode.SHADOW;
            listener.decided(
                    request,
                    matched.get(i),
                    RuleVerdict.of(result.allowed(), acquired.allowed(), shadow),
                    result.remaining(),
                    result.retryAfterMillis());
        }
        listener.answered(request, matched.size(), acquired.allowed());
    }
}
