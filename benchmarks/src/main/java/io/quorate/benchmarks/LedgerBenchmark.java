package io.quorate.benchmarks;

import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.machine.Transition;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.storage.memory.MemoryStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What an entry of renewals costs the state machine, by how many clients hold tokens of the counter. No cluster. */
public final class LedgerBenchmark {
    private static final QuotaKey KEY = QuotaKey.of("ledger", "all", List.of());
    private static final LimitDefinition LIMIT = new LimitDefinition(1, Limit.of(Algorithm.GCRA, 1_000_000_000, 1_000));
    private static final long START_MILLIS = 1_700_000_000_000L;
    private static final long TTL_MILLIS = 3_000;

    private static final Usage USAGE = Usage.of(
            "--ledger",
            "The state machine applying renewals of one counter's leases, in memory: microseconds per entry.",
            List.of("none: it is to be compared with itself, from version to version"),
            new Usage.Word("holders", "10,100,1000,4000", "clients with leases, a run each"),
            new Usage.Word("renewals", "1,10,100", "renewals in an entry, a run each"),
            new Usage.Word("rounds", "5", "of each, of which the median counts"),
            new Usage.Word("millis", "300", "length of a round"));

    private final MemoryStore store = new MemoryStore();
    private final Machine machine = new Machine(MachineLimits.DEFAULT);
    private final List<Long> sessions = new ArrayList<>();
    private final long[] sequences;
    private long index;
    private int next;

    private LedgerBenchmark(int holders) {
        this.sequences = new long[holders];
        for (int i = 0; i < holders; i++) {
            Transition opened = apply(List.of(new Command.OpenSession("holder-" + i)));
            sessions.add(((Outcome.SessionOpened) opened.answers().get(0).outcome()).sessionId());
        }
    }

    public static void main(String[] args) {
        Setting setting = Setting.read(USAGE, args);
        Setting.printMachine();
        Goals goals = new Goals();
        System.out.printf("%8s %9s %12s %14s%n", "holders", "renewals", "us an entry", "us a renewal");
        for (int holders : setting.numbers("holders")) {
            for (int renewals : setting.numbers("renewals")) {
                LedgerBenchmark benchmark = new LedgerBenchmark(holders);
                benchmark.run(renewals, 200_000_000L); // compiled, and everybody holds
                double[] micros = new double[setting.number("rounds")];
                for (int round = 0; round < micros.length; round++) {
                    micros[round] = benchmark.run(renewals, 1_000_000L * setting.number("millis"));
                }
                Arrays.sort(micros);
                double median = micros[micros.length / 2];
                System.out.printf("%8d %9d %12.1f %14.2f%n", holders, renewals, median, median / renewals);
                goals.figure("holders", holders, "renewals", renewals, "us/entry", median);
            }
        }
        goals.report("ledger", setting);
    }

    /** Microseconds per entry. */
    private double run(int renewals, long nanos) {
        long start = System.nanoTime();
        long entries = 0;
        long passed = 0;
        while (passed < nanos) {
            List<Command> commands = new ArrayList<>(renewals);
            for (int i = 0; i < renewals; i++) {
                int holder = next++ % sequences.length;
                long sequence = ++sequences[holder];
                commands.add(new Command.RenewLease(
                        sessions.get(holder), KEY, 1, 1, sequence, sequence - 1, 0, 0, 1, TTL_MILLIS));
            }
            for (var answer : apply(commands).answers()) {
                if (!(answer.outcome() instanceof Outcome.LeaseRenewed)) {
                    throw new IllegalStateException("a renewal was refused: " + answer.outcome());
                }
            }
            entries++;
            passed = System.nanoTime() - start;
        }
        return passed / 1e3 / entries;
    }

    private Transition apply(List<Command> commands) {
        // Log time stands: nothing expires, and nobody is refused for being late.
        Transition transition =
                machine.apply(store, ++index, 1, new LogEntry(START_MILLIS, 0, List.of(LIMIT), commands));
        store.commit(transition.changes());
        return transition;
    }
}
