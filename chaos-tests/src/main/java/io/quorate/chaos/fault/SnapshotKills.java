package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.ChaosNode;
import java.util.List;

/**
 * A node that begins anew, so that the leaders send it their snapshots, and is killed in the middle of that, at moments
 * of chance.
 */
record SnapshotKills() implements Fault {
    private static final long UNTIL_KILL_MILLIS_MAX = 2_500;

    @Override
    public String kind() {
        return "snapshot-install-kills";
    }

    @Override
    public int nodesMin() {
        return 3;
    }

    @Override
    public Company company() {
        return Company.ALONE;
    }

    @Override
    public Injection plan(Scene scene) {
        ChaosNode receiver = scene.someNode();
        List<Long> moments =
                List.of(scene.between(500, UNTIL_KILL_MILLIS_MAX), scene.between(500, UNTIL_KILL_MILLIS_MAX));
        return Injection.at(
                        List.of(receiver),
                        0,
                        () -> {
                            receiver.kill();
                            scene.wipe(receiver);
                            for (long moment : moments) {
                                receiver.start();
                                Scene.rest(moment);
                                receiver.kill();
                            }
                        },
                        receiver::start)
                .with("killed-after-millis", moments);
    }
}
