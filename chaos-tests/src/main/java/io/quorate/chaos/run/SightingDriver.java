package io.quorate.chaos.run;

import io.quorate.chaos.history.History;
import io.quorate.chaos.history.Sighting;
import io.quorate.client.api.QuorateAdmin.GroupInfo;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.QuorateException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Asks every node about every group, again and again. */
final class SightingDriver extends Driver {
    private final QuorateClient client;
    private final History history;
    private final int groups;

    SightingDriver(QuorateClient client, History history, int dataGroups, SplittableRandom random) {
        super("sightings", random, TimeUnit.MILLISECONDS.toNanos(150));
        this.client = client;
        this.history = history;
        this.groups = dataGroups + 1;
    }

    @Override
    void step() {
        for (int group = 0; group < groups; group++) {
            look(client, history, group);
        }
    }

    /** Asks about one group and records what those said that answered. */
    static List<Sighting> look(QuorateClient client, History history, int group) {
        long asked = System.nanoTime();
        List<Sighting> seen = new ArrayList<>();
        try {
            List<GroupInfo> replicas = client.admin().group(group);
            long answered = System.nanoTime();
            for (GroupInfo replica : replicas) {
                Sighting sighting = new Sighting(
                        asked,
                        answered,
                        replica.node(),
                        group,
                        replica.role(),
                        replica.term(),
                        replica.committedIndex(),
                        replica.appliedIndex(),
                        replica.digest(),
                        replica.logTimeMillis());
                history.sighting(sighting);
                seen.add(sighting);
            }
        } catch (QuorateException e) {
            // No node answered in time, as may be in a run: there is nothing to record.
            return List.of();
        }
        return seen;
    }
}
