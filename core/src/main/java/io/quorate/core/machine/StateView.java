package io.quorate.core.machine;

import io.quorate.core.command.LimitDefinition;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import java.util.List;
import java.util.Optional;

/** A group's committed state, as the machine reads it. All orders are the same on every replica. */
public interface StateView {
    Header header();

    /** The counter's row; {@link CounterRow#FRESH} if it is absent. */
    CounterRow counter(QuotaKey key);

    /** Up to {@code countMax} rows whose key bytes are above {@code cursor} (unsigned order), ascending. */
    List<CounterEntry> countersAfter(byte[] cursor, int countMax);

    Optional<Session> session(long id);

    int sessionCount();

    /** All sessions by ascending id. */
    Iterable<Session> sessions();

    /** {@link Session#answerSpan} of all sessions together. */
    long answerSpan();

    Optional<Limit> limit(int limitId);

    /** Up to {@code countMax} limits of higher numbers, ascending. */
    List<LimitDefinition> limitsAfter(int limitId, int countMax);

    /** All limits by ascending number. */
    List<LimitDefinition> limits();

    Optional<AppliedRules> rules(String namespace);

    /** All namespaces' rules, by name. */
    List<AppliedRules> allRules();

    /** A counter with its key. */
    record CounterEntry(QuotaKey key, CounterRow row) {}
}
