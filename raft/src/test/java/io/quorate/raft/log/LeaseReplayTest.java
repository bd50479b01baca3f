package io.quorate.raft.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome.LeaseRenewed;
import io.quorate.core.machine.Digests;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.machine.Transition;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.CounterState.Leased;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Mode;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.memory.MemoryStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases as every replica gets them: through the bytes of the log, and for one of them, of snapshots. */
final class LeaseReplayTest {
    private static final int ENTRIES = 1500;
    private static final int SESSIONS = 40;
    private static final List<LimitDefinition> LIMITS = List.of(
            new LimitDefinition(1, new Limit(Algorithm.TOKEN_BUCKET, 100, 1000, 50)),
            new LimitDefinition(2, new Limit(Algorithm.GCRA, 7, 1000, 200)),
            new LimitDefinition(3, Limit.of(Algorithm.FIXED_WINDOW, 100, 1000)),
            new LimitDefinition(4, Limit.of(Algorithm.SLIDING_WINDOW, 100, 1000)),
            new LimitDefinition(5, Limit.of(Algorithm.SLIDING_LOG, 100, 4000)));

    @TempDir
    private Path temporary;

    private final Machine machine = new Machine(MachineLimits.DEFAULT);
    private final long[] sequence = new long[SESSIONS + 1];
    private final long[] leaseId = new long[SESSIONS + 1];
    private long acquires;

    @Test
    void aReplicaThatRestoresSnapshotsHasTheSameLedgers() {
        long seed = Long.getLong("seed", 20_261_124);
        System.out.println("LeaseReplayTest -Dseed=" + seed);
        Random random = new Random(seed);
        StateStore steady = new MemoryStore();
        StateStore restored = new MemoryStore();
        long granted = 0;
        int leased = 0;
        long now = 1_795_000_000_000L;
        for (int index = 1; index <= ENTRIES; index++) {
            now += random.nextInt(40);
            byte[] bytes = EntryCodec.encode(new LogEntry(now, 1, LIMITS, commands(random, index)));
            Transition one = machine.apply(steady, index, 1, EntryCodec.decode(ByteBuffer.wrap(bytes)));
            steady.commit(one.changes());
            Transition other = machine.apply(restored, index, 1, EntryCodec.decode(ByteBuffer.wrap(bytes)));
            restored.commit(other.changes());
            assertThat(other.answers()).isEqualTo(one.answers());
            assertThat(restored.header().digest()).isEqualTo(steady.header().digest());
            granted += one.answers().stream()
                    .filter(answer -> answer.outcome() instanceof LeaseRenewed renewed && renewed.granted() > 0)
                    .count();
            leased += steady.counter(key(0)).state() instanceof Leased ? 1 : 0;
            if (index % 100 == 0) {
                assertThat(Digests.of(restored)).isEqualTo(steady.header().digest());
                Path snapshot = temporary.resolve("snapshot-" + index);
                restored.save(snapshot).seal();
                restored.close();
                restored = new MemoryStore();
                restored.restore(snapshot);
            }
        }
        steady.close();
        restored.close();
        assertThat(granted).as("renewals that were granted something").isGreaterThan(500);
        assertThat(leased).as("entries after which tokens were out").isGreaterThan(ENTRIES / 2);
    }

    private static QuotaKey key(int number) {
        return QuotaKey.of("shop", "per-client", List.of("c" + number));
    }

    private List<Command> commands(Random random, int index) {
        List<Command> commands = new ArrayList<>();
        if (index <= SESSIONS) {
            commands.add(new Command.OpenSession("client-" + index));
            return commands;
        }
        for (int i = random.nextInt(6); i >= 0; i--) {
            commands.add(command(random));
        }
        return commands;
    }

    private Command command(Random random) {
        int session = 1 + random.nextInt(SESSIONS);
        // One counter a session, so that a session's lease goes on.
        QuotaKey key = key(session % 3);
        int limitId = random.nextInt(30) == 0 ? 1 + random.nextInt(LIMITS.size()) : 1 + session % 3;
        switch (random.nextInt(20)) {
            case 0:
                acquires++;
                return new Command.Acquire(
                        session,
                        acquires,
                        acquires,
                        7,
                        1 + random.nextInt(5),
                        List.of(new Charge(key, limitId, Mode.ENFORCE)));
            case 1:
                return random.nextInt(4) == 0 ? new Command.Reset(key) : new Command.Sweep(10);
            case 2:
                acquires++;
                return new Command.Refund(session, acquires, acquires, acquires - random.nextInt(4) - 1, 2);
            case 3:
                leaseId[session]++;
                sequence[session] = 0;
                break;
            default:
        }
        leaseId[session] = Math.max(1, leaseId[session]);
        sequence[session] += random.nextInt(8) == 0 ? 0 : 1;
        return new Command.RenewLease(
                session,
                key,
                random.nextInt(10) == 0 ? 0 : limitId,
                leaseId[session],
                Math.max(1, sequence[session]),
                sequence[session] * random.nextInt(3),
                sequence[session] * random.nextInt(2),
                random.nextInt(3),
                random.nextInt(10),
                200 + random.nextInt(2000));
    }
}
