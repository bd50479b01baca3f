package io.quorate.chaos.check;

import io.quorate.chaos.check.Replay.At;
import io.quorate.chaos.check.Replay.Given;
import io.quorate.chaos.check.Replay.Verdict;
import io.quorate.chaos.dump.LoggedCommand;
import io.quorate.chaos.dump.LoggedEntry;
import io.quorate.chaos.history.Answer.CounterResult;
import io.quorate.chaos.history.RequestId;
import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every answer of one group against the replay of its log: S8 and S16 (the answer is the one that had to be given),
 * S1 (the bound of each counter), S4 (one effect, one answer), S6, S7 (what was acknowledged is there, and what is
 * there was asked for) and S12. One pass, in the order of the log.
 */
final class ReplayCheck implements Replay.Listener {
    private final int group;
    private final OperationTable table;
    private final Findings findings;
    private final Replay replay;
    private final int[] rows;
    private int cursor;
    private final Map<String, GrantBound> bounds = new HashMap<>();
    private final Map<RequestId, List<Long>> refunds = new HashMap<>();
    private final OrderCheck order;
    private long byUsers;
    private long unclaimed;

    ReplayCheck(int group, OperationTable table, Findings findings) {
        this.group = group;
        this.table = table;
        this.findings = findings;
        this.replay = new Replay(group, this);
        this.rows = table.inLogOrder(group);
        this.order = new OrderCheck(findings);
    }

    void entry(LoggedEntry entry) {
        replay.apply(entry);
    }

    /** The log is over. */
    void end() {
        while (cursor < rows.length) {
            lost(rows[cursor++]);
        }
        order.end();
        refundsAreThoseOfTheLog();
        if (byUsers > 0) {
            findings.note(
                    Invariant.S7,
                    "group " + group + ": " + byUsers + " decisions for processes that record their uses alone, by S3");
        }
        if (unclaimed > 0) {
            findings.note(
                    Invariant.S7,
                    "group " + group + ": " + unclaimed + " decisions are those of operations with unknown outcome");
        }
    }

    Replay replay() {
        return replay;
    }

    @Override
    public void acquired(At at, LoggedCommand command, boolean allowed, List<Verdict> verdicts) {
        int from = claim(at);
        // What any copy's answer granted was used; if there is no answer, what had to be granted may have been.
        boolean granted = cursor == from && allowed;
        for (int i = from; i < cursor; i++) {
            if (matches(at, command, rows[i])) {
                compare(at, allowed, verdicts, rows[i], command.amount());
                granted |= table.allowed(rows[i]);
            }
        }
        if (cursor > from) {
            order.decided(table, rows, from, cursor, table.openAskedNanos(id(command)));
            findings.checked(Invariant.S4, 1L + cursor - from);
        } else {
            unclaimed(at, command, OperationTable.shape(keys(command), command.amount()));
        }
        if (granted) {
            bound(at, command, verdicts);
        }
    }

    /** Takes the rows at a place, and gives where they begin. */
    private int claim(At at) {
        while (cursor < rows.length && isBefore(rows[cursor], at)) {
            lost(rows[cursor++]);
        }
        int from = cursor;
        while (cursor < rows.length
                && table.index(rows[cursor]) == at.index()
                && table.position(rows[cursor]) == at.position()) {
            cursor++;
        }
        return from;
    }

    private boolean isBefore(int row, At at) {
        return table.index(row) < at.index() || table.index(row) == at.index() && table.position(row) < at.position();
    }

    private void lost(int row) {
        findings.violated(
                Invariant.S7,
                "an answer names place " + place(row) + ", where the log has no such decision",
                table.number(row));
    }

    private String place(int row) {
        return "g" + table.group(row) + " " + table.index(row) + "." + table.position(row);
    }

    private static String place(At at) {
        return "g" + at.group() + " " + at.index() + "." + at.position();
    }

    /** Whether the row is an answer to this command, and not to another one. */
    private boolean matches(At at, LoggedCommand command, int row) {
        findings.checked(Invariant.S7, 1);
        boolean refund = command.kind() == LoggedCommand.Kind.REFUND;
        if (table.isRefund(row) != refund
                || table.cost(row) != command.amount()
                || table.session(row) != 0
                        && (table.session(row) != command.session() || table.sequence(row) != command.sequence())
                || !refund && table.resultCount(row) != command.charges().size()
                || !refund
                        && !command.charges().isEmpty()
                        && table.keyHash(row) != OperationTable.hash(keys(command))) {
            findings.violated(
                    Invariant.S4,
                    "the answer at " + place(at) + " is to another request than the log has there: session "
                            + command.session() + ", sequence " + command.sequence() + ", " + command.amount()
                            + " tokens of " + keys(command),
                    table.number(row));
            return false;
        }
        if (table.logTimeMillis(row) != at.logTimeMillis()) {
            findings.violated(
                    Invariant.S5,
                    "the answer at " + place(at) + " says log time " + table.logTimeMillis(row) + ", the log "
                            + at.logTimeMillis(),
                    table.number(row));
        }
        findings.checked(Invariant.S11, 1);
        if (table.rulesVersion(row) != at.rulesVersion()) {
            findings.violated(
                    Invariant.S11,
                    "the answer at " + place(at) + " says rules " + table.rulesVersion(row) + ", the log "
                            + at.rulesVersion(),
                    table.number(row));
        }
        return true;
    }

    private void compare(At at, boolean allowed, List<Verdict> verdicts, int row, long cost) {
        boolean exact = true;
        boolean all = true;
        for (int i = 0; i < verdicts.size(); i++) {
            Verdict verdict = verdicts.get(i);
            CounterResult said = table.result(row, i);
            exact &= verdict.exact();
            all &= said.allowed() || said.shadow();
            String wrong = verdict.exact() ? wrong(at, verdict, said, cost) : "";
            if (!wrong.isEmpty()) {
                findings.violated(new Violation(
                        said.allowed() || !verdict.allowed() ? Invariant.S8 : Invariant.S16,
                        "at " + place(at) + " a counter under " + verdict.limit() + " answered " + said
                                + " to a cost of " + cost + ", but " + wrong,
                        verdict.charge().key(),
                        table.askedNanos(row),
                        List.of(table.number(row))));
            }
        }
        findings.checked(Invariant.S6, 1);
        if (all != table.allowed(row)) {
            findings.violated(
                    Invariant.S6,
                    "at " + place(at) + " the whole was " + (table.allowed(row) ? "granted" : "denied")
                            + ", which its counters don't say",
                    table.number(row));
        }
        if (!exact) {
            return;
        }
        findings.checked(Invariant.S8, 1);
        findings.checked(Invariant.S16, allowed ? 0 : 1);
        if (allowed != table.allowed(row)) {
            findings.violated(
                    allowed ? Invariant.S16 : Invariant.S8,
                    "at " + place(at) + " it had to be " + (allowed ? "granted" : "denied") + " and wasn't",
                    table.number(row));
        }
    }

    /** What had to be said instead; empty if it is right. */
    private static String wrong(At at, Verdict verdict, CounterResult said, long cost) {
        if (said.allowed() != verdict.allowed()) {
            return verdict.allowed() ? "it had room" : "it had no room";
        }
        if (said.shadow() != verdict.charge().shadow()) {
            return "its mode is another";
        }
        if (!said.rule().isEmpty() && !said.rule().equals(rule(verdict.charge().key()))) {
            return "it is of another rule";
        }
        if (said.remaining() != verdict.remaining()) {
            return verdict.remaining() + " tokens remained";
        }
        long now = at.logTimeMillis();
        boolean retry = said.allowed()
                ? said.retryAfterMillis() == 0
                : verdict.model().isLeastRetry(now, cost, said.retryAfterMillis());
        if (!retry) {
            return "that isn't the least wait for it to fit";
        }
        return verdict.model().isLeastReset(now, said.resetAfterMillis()) ? "" : "that isn't when it is fresh again";
    }

    private static String rule(String key) {
        int from = key.indexOf('/') + 1;
        int to = key.indexOf('/', from);
        return to < 0 ? key.substring(from) : key.substring(from, to);
    }

    private void bound(At at, LoggedCommand command, List<Verdict> verdicts) {
        for (Verdict verdict : verdicts) {
            // A shadow rule's counter takes what fits and lets the rest pass uncounted.
            if (verdict.charge().shadow() && !verdict.charged()) {
                continue;
            }
            Limit limit = verdict.limit();
            String key = verdict.charge().key();
            GrantBound bound = bounds.get(key);
            if (bound == null || !bound.limit.equals(limit)) {
                bound = GrantBound.of(limit);
                bounds.put(key, bound);
            }
            findings.checked(Invariant.S1, 1);
            if (!bound.granted(at.logTimeMillis(), command.amount(), command.session(), command.sequence())) {
                findings.violated(new Violation(
                        Invariant.S1,
                        "at " + place(at) + " more than " + limit + " is granted",
                        key,
                        cursor == 0 ? 0 : table.askedNanos(rows[cursor - 1]),
                        cursor == 0 ? List.of() : List.of(table.number(rows[cursor - 1]))));
            }
        }
    }

    private void unclaimed(At at, LoggedCommand command, long shape) {
        List<String> keys = keys(command);
        if (!keys.isEmpty() && keys.stream().allMatch(table::isOfUsers)) {
            byUsers++;
            return;
        }
        RequestId id = id(command);
        findings.checked(Invariant.S7, 1);
        if (table.hasFailed(id)) {
            findings.violated(
                    Invariant.S7,
                    "at " + place(at) + " a request took effect that was answered as never executed: " + id);
        }
        Long askedNanos = table.openAskedNanos(id);
        if (askedNanos != null) {
            order.open(askedNanos);
        } else if ((table.isOwn(id) || !table.takeOpen(shape)) && !table.hasFailed(id)) {
            findings.violated(
                    Invariant.S7,
                    "at " + place(at) + " the log has a decision that no operation can have asked for: session "
                            + command.session() + ", sequence " + command.sequence() + ", " + command.amount()
                            + " tokens of " + keys(command));
        }
        unclaimed++;
    }

    @Override
    public void refunded(At at, LoggedCommand command, long tokens, List<Given> given) {
        int from = claim(at);
        for (int i = from; i < cursor; i++) {
            if (matches(at, command, rows[i]) && tokens != Replay.INEXACT) {
                findings.checked(Invariant.S12, 1);
                if (table.tokens(rows[i]) != tokens) {
                    findings.violated(
                            Invariant.S12,
                            "at " + place(at) + " a refund gave back " + tokens + " tokens, not "
                                    + table.tokens(rows[i]),
                            table.number(rows[i]));
                }
            }
        }
        if (cursor > from) {
            order.decided(table, rows, from, cursor, table.openAskedNanos(id(command)));
        } else {
            refunds.computeIfAbsent(new RequestId(group, command.session(), command.target()), id -> new ArrayList<>())
                    .add(tokens);
        }
        for (Given each : given) {
            GrantBound bound = bounds.get(each.key());
            if (bound != null && bound.limit.equals(each.limit())) {
                bound.refunded(at.logTimeMillis(), each);
            }
        }
    }

    /** Answers to refunds don't say where they stand; so they are compared by the acquire, as many as there are. */
    private void refundsAreThoseOfTheLog() {
        refunds.forEach((acquire, executed) -> {
            OperationTable.Refunds asked = table.refunds(acquire);
            findings.checked(Invariant.S12, executed.size());
            if (asked == null || asked.attempts() < executed.size()) {
                findings.violated(Invariant.S12, "the log has more refunds of " + acquire + " than were asked for");
            }
        });
        table.allRefunds().forEach((acquire, asked) -> {
            if (acquire.group() != group || asked.answered().isEmpty()) {
                return;
            }
            List<Long> executed = new ArrayList<>(refunds.getOrDefault(acquire, List.of()));
            boolean inexact = executed.contains(Replay.INEXACT);
            for (Long tokens : asked.answered()) {
                if (!executed.remove(tokens) && !inexact) {
                    findings.violated(
                            Invariant.S12,
                            "a refund of " + acquire + " was answered with " + tokens + " tokens; the log's gave "
                                    + refunds.getOrDefault(acquire, List.of()));
                }
            }
        });
    }

    @Override
    public void repeated(At at, LoggedCommand command, At first) {
        findings.checked(Invariant.S4, 1);
        notAnswered(at, "which repeats " + place(first) + " and must be answered like it");
    }

    @Override
    public void refused(At at, LoggedCommand command, String why) {
        notAnswered(at, "which had to be refused: " + why);
    }

    private void notAnswered(At at, String why) {
        int from = claim(at);
        for (int i = from; i < cursor; i++) {
            findings.violated(Invariant.S4, "an answer stands at " + place(at) + ", " + why, table.number(rows[i]));
        }
    }

    @Override
    public void reset(At at, String key) {
        bounds.remove(key);
        findings.checked(Invariant.S7, 1);
        if (!table.wasReset(key)) {
            findings.violated(Invariant.S7, "at " + place(at) + " a counter was reset that nobody asked for: " + key);
        }
    }

    private RequestId id(LoggedCommand command) {
        return new RequestId(group, command.session(), command.sequence());
    }

    private static List<String> keys(LoggedCommand command) {
        if (command.charges().size() == 1) {
            return List.of(command.charges().get(0).key());
        }
        List<String> keys = new ArrayList<>(command.charges().size());
        command.charges().forEach(charge -> keys.add(charge.key()));
        return keys;
    }
}
