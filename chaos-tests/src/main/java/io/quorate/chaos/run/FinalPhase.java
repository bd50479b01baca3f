package io.quorate.chaos.run;

import io.quorate.chaos.history.Answer;
import io.quorate.chaos.history.Asked;
import io.quorate.chaos.history.Asked.Kind;
import io.quorate.chaos.history.History;
import io.quorate.chaos.history.Place;
import io.quorate.chaos.history.RequestId;
import io.quorate.chaos.history.Sighting;
import io.quorate.chaos.substrate.Substrate;
import io.quorate.client.api.QuorateAdmin.KeyDetails;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.QuorateException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The end of a run, when nothing is asked any more: all replicas become equal, then every counter that lasts is read.
 * Equal digests on all nodes say that each of them would answer the same.
 */
final class FinalPhase {
    private static final long CONVERGE_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LEASES_END_NANOS_MAX = TimeUnit.SECONDS.toNanos(15);
    private static final int READS_MAX = 30_000;
    private static final int READERS = 6;

    private final Substrate cluster;
    private final History history;
    private final Workload workload;

    FinalPhase(Substrate cluster, History history, Workload workload) {
        this.cluster = cluster;
        this.history = history;
        this.workload = workload;
    }

    /** What didn't come about; empty if all did. */
    List<String> run(QuorateClient client) {
        List<String> troubles = new ArrayList<>();
        history.note("phase", "final");
        long deadline = System.nanoTime() + CONVERGE_NANOS_MAX;
        for (int group = 0; group <= cluster.groups(); group++) {
            if (!converges(client, group, deadline)) {
                troubles.add("the replicas of group " + group + " don't become equal");
            }
        }
        if (!troubles.isEmpty()) {
            return troubles;
        }
        List<String> keys = new ArrayList<>(workload.lasting());
        if (keys.size() > READS_MAX) {
            // Those of the beginning weren't looked at for longest.
            troubles.add("of " + keys.size() + " counters only " + READS_MAX + " are read");
            keys = keys.subList(0, READS_MAX);
        }
        for (String key : workload.lastingLeased()) {
            if (!awaitNoLease(client, key)) {
                troubles.add("leases of " + key + " don't end");
            }
            keys.add(key);
        }
        long unread = readAll(client, keys);
        if (unread > 0) {
            troubles.add(unread + " counters couldn't be read at the end");
        }
        return troubles;
    }

    /** What is out doesn't count as used yet. */
    private static boolean awaitNoLease(QuorateClient client, String key) {
        long deadline = System.nanoTime() + LEASES_END_NANOS_MAX;
        while (System.nanoTime() - deadline < 0) {
            try {
                if (details(client, key).leases().isEmpty()) {
                    return true;
                }
            } catch (QuorateException e) {
                LockSupport.parkNanos(POLL_NANOS); // the next try will tell
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return false;
    }

    /** Gives how many couldn't be read. */
    private long readAll(QuorateClient client, List<String> keys) {
        AtomicInteger next = new AtomicInteger();
        AtomicLong unread = new AtomicLong();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            Recorder recorder = new Recorder(history, "final-" + i);
            Thread reader = new Thread(() -> {
                for (int at = next.getAndIncrement(); at < keys.size(); at = next.getAndIncrement()) {
                    unread.addAndGet(read(recorder, client, keys.get(at)) ? 0 : 1);
                }
            });
            reader.start();
            readers.add(reader);
        }
        for (Thread reader : readers) {
            try {
                reader.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return keys.size();
            }
        }
        return unread.get();
    }

    private boolean converges(QuorateClient client, int group, long deadline) {
        while (System.nanoTime() - deadline < 0) {
            List<Sighting> seen = SightingDriver.look(client, history, group);
            boolean equal = seen.size() == cluster.nodes().size();
            for (Sighting each : seen) {
                equal &= each.appliedIndex() == seen.get(0).appliedIndex()
                        && each.digest() == seen.get(0).digest();
            }
            if (equal) {
                return true;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return false;
    }

    private static boolean read(Recorder recorder, QuorateClient client, String key) {
        return recorder.ask(
                        Asked.of(Kind.READ, key.substring(0, key.indexOf('/')), List.of(key)),
                        () -> used(details(client, key)),
                        answer -> answer,
                        e -> Answer.fail(System.nanoTime(), String.valueOf(e.getMessage())))
                .status()
                .equals(Answer.Status.OK);
    }

    private static KeyDetails details(QuorateClient client, String key) {
        String[] parts = key.split("/", -1);
        return client.admin().key(parts[0], parts[1], List.of(parts).subList(2, parts.length));
    }

    private static Answer used(KeyDetails details) {
        return new Answer(
                System.nanoTime(),
                Answer.Status.OK,
                true,
                "leader",
                RequestId.NONE,
                new Place(details.group(), 0, 0, details.logTimeMillis(), 0),
                details.used(),
                0,
                List.of(),
                "",
                "");
    }
}
