package io.quorate.chaos.check;

import io.quorate.chaos.check.model.CounterModel;
import io.quorate.chaos.history.HistoryVisitor;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * All checks of a recorded run. Linear in the run but for sorting; memory is some 150 bytes for each operation, and a
 * model for each counter.
 */
public final class RunCheck {
    private static final long TIMELESS_MILLIS = TimeUnit.DAYS.toMillis(30);

    /** Counters that are searched as black boxes, at most. */
    private static final int SAMPLE_MAX = 2_000;

    private final Recorded run;
    private final Findings findings = new Findings();
    private final OperationTable table = new OperationTable();
    private final Map<String, UsesCheck.Leased> leased = new HashMap<>();
    private final Map<String, Limit> timeless = new TreeMap<>();
    private final Set<String> changed = new HashSet<>();

    private RunCheck(Recorded run) {
        this.run = run;
    }

    /**
     * Checks everything that the run shows.
     *
     * @throws IllegalStateException if it shows too little: no node has some entry any more
     */
    public static Findings check(Recorded run) {
        return new RunCheck(run).all();
    }

    private Findings all() {
        StateDigests digests = new StateDigests(findings);
        SightingCheck sightings = new SightingCheck(findings, digests);
        run.history(HistoryVisitor.all(table, sightings));
        sightings.end();
        replay(new LogAgreement(findings, sightings, digests));
        rules();
        UsesCheck uses = new UsesCheck(findings, leased, table.finalReads());
        long recorded = 0;
        for (Map.Entry<String, List<Use>> of : run.uses().entrySet()) {
            uses.recorded(of.getKey(), of.getValue());
            recorded += of.getValue().size();
        }
        findings.sizes(table.operations(), recorded);
        KeySearch search = new KeySearch(findings, sample());
        PaceCheck pace = new PaceCheck(findings, sightings.faults());
        run.history(HistoryVisitor.all(uses, search, pace));
        uses.end();
        search.end();
        pace.end();
        NotJudged.explain(findings, leased.isEmpty());
        return findings;
    }

    private void replay(LogAgreement logs) {
        Map<Integer, ReplayCheck> checks = new TreeMap<>();
        for (int group : table.groups()) {
            checks.put(group, new ReplayCheck(group, table, findings));
        }
        logs.read(run, entry -> {
            ReplayCheck check = checks.get(entry.group());
            if (check != null) {
                check.entry(entry);
            }
        });
        checks.values().forEach(check -> {
            check.end();
            finalReads(check.replay());
            note(check.replay());
        });
    }

    /** What counters show at the end is what the replay has. */
    private void finalReads(Replay replay) {
        for (OperationTable.FinalRead read : table.finalReads().values()) {
            CounterModel model = replay.exactModel(read.key());
            if (model == null) {
                continue;
            }
            findings.checked(Invariant.S3, 1);
            long used = model.used(Math.max(replay.now(), read.logTimeMillis()));
            if (used != read.used()) {
                findings.violated(new Violation(
                        Invariant.S3,
                        "at the end the counter says that " + read.used() + " tokens are used, the replay " + used,
                        read.key(),
                        0,
                        List.of(read.operation())));
            }
        }
    }

    private void note(Replay replay) {
        replay.eachCounter((key, limit, limitChanged, isLeased) -> {
            if (limitChanged || table.wasReset(key)) {
                changed.add(key);
            }
            if (isLeased) {
                leased.put(key, new UsesCheck.Leased(limit, replay.group()));
            } else if (isTimeless(limit)) {
                timeless.put(key, limit);
            }
        });
        leased.keySet().removeAll(changed);
        timeless.keySet().removeAll(changed);
    }

    private static boolean isTimeless(Limit limit) {
        return limit.periodMillis() >= TIMELESS_MILLIS
                && (limit.algorithm() == Algorithm.FIXED_WINDOW || limit.algorithm() == Algorithm.CONCURRENCY);
    }

    /** Counters spread over all there are, the same ones for the same run. */
    private Map<String, Limit> sample() {
        Map<String, Limit> sample = new HashMap<>();
        int every = Math.max(1, timeless.size() / SAMPLE_MAX);
        int number = 0;
        for (Map.Entry<String, Limit> key : timeless.entrySet()) {
            if (number++ % every == 0) {
                sample.put(key.getKey(), key.getValue());
            }
        }
        return sample;
    }

    /** S11: what was asked after new rules were acknowledged is decided by them or newer ones. */
    private void rules() {
        TreeMap<Long, Long> newest = new TreeMap<>();
        long version = 0;
        for (Map.Entry<Long, Long> change : table.ruleChanges().entrySet()) {
            version = Math.max(version, change.getValue());
            newest.put(change.getKey(), version);
        }
        for (int row = 0; row < table.rows() && !newest.isEmpty(); row++) {
            Map.Entry<Long, Long> acknowledged = newest.lowerEntry(table.askedNanos(row));
            if (acknowledged != null && !table.isRefund(row) && !table.isCopy(row)) {
                findings.checked(Invariant.S11, 1);
                if (table.rulesVersion(row) < acknowledged.getValue()) {
                    findings.violated(
                            Invariant.S11,
                            "decided by rules " + table.rulesVersion(row) + ", though " + acknowledged.getValue()
                                    + " were acknowledged before it was asked",
                            table.number(row));
                }
            }
        }
    }
}
