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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The end of a run, when nothing is asked any more: all replicas become equal, then every counter that lasts is read.
 * Equal digests on all nodes say that each of them would answer the same.
 */
final class FinalPhase {
    private static final long CONVERGE_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int READS_MAX = 20_000;

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
        for (int group = 0; group <= cluster.groups(); group++) {
            if (!converges(client, group)) {
                troubles.add("the replicas of group " + group + " don't become equal");
            }
        }
        List<String> keys = workload.lasting();
        if (keys.size() > READS_MAX) {
            troubles.add("of " + keys.size() + " counters only the last " + READS_MAX + " are read");
            keys = keys.subList(keys.size() - READS_MAX, keys.size());
        }
        Recorder recorder = new Recorder(history, "final");
        long unread = 0;
        for (String key : keys) {
            unread += read(recorder, client, key) ? 0 : 1;
        }
        if (unread > 0) {
            troubles.add(unread + " counters couldn't be read at the end");
        }
        return troubles;
    }

    private boolean converges(QuorateClient client, int group) {
        long deadline = System.nanoTime() + CONVERGE_NANOS_MAX;
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
        String[] parts = key.split("/", -1);
        List<String> values = List.of(parts).subList(2, parts.length);
        return recorder.ask(
                        Asked.of(Kind.READ, parts[0], List.of(key)),
                        () -> used(client.admin().key(parts[0], parts[1], values)),
                        answer -> answer,
                        e -> Answer.fail(System.nanoTime(), String.valueOf(e.getMessage())))
                .status()
                .equals(Answer.Status.OK);
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
