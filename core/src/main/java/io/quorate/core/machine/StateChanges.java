package io.quorate.core.machine;

import io.quorate.core.command.LimitDefinition;
import io.quorate.core.machine.StateView.CounterEntry;
import io.quorate.core.rule.AppliedRules;
import java.util.List;

/**
 * What one log entry changes, to be committed as one.
 *
 * @param header the header after the entry
 * @param counters changed counters, each once; a fresh row means: remove
 * @param touchedSessions sessions that are new or were changed in place
 * @param closedSessions ids of sessions to remove
 * @param answerSpanAdded how {@link StateView#answerSpan} changes
 * @param limits new limits
 * @param removedLimits numbers of limits to remove
 * @param rules new or changed namespaces; one without rules means: keep its version, serve no rules
 */
public record StateChanges(
        Header header,
        List<CounterEntry> counters,
        List<Session> touchedSessions,
        List<Long> closedSessions,
        long answerSpanAdded,
        List<LimitDefinition> limits,
        List<Integer> removedLimits,
        List<AppliedRules> rules) {}
