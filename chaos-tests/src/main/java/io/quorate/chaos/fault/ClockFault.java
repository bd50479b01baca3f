package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.Ability;
import io.quorate.chaos.substrate.ChaosNode;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A node's wall clock that jumps, or runs fast or slow. While it is wrong the node may be restarted by another fault,
 * and begin with it.
 */
record ClockFault(boolean drifting) implements Fault {
    private static final long MILLIS_MIN = 1_000;
    private static final long MILLIS_MAX = 3_000;
    private static final List<Long> JUMPS_MILLIS = List.of(
            -Duration.ofHours(1).toMillis(),
            -10_000L,
            -100L,
            100L,
            10_000L,
            Duration.ofHours(1).toMillis());
    private static final List<Integer> DRIFTS_PPM = List.of(-20_000, 20_000);

    @Override
    public String kind() {
        return drifting ? "clock-drift" : "clock-jump";
    }

    @Override
    public Set<Ability> needs() {
        return Set.of(Ability.CLOCK);
    }

    @Override
    public Company company() {
        return Company.CLOCKS;
    }

    @Override
    public Injection plan(Scene scene) {
        ChaosNode node = scene.random().nextBoolean() ? scene.someNode() : scene.leader(scene.someGroup());
        long lasts = scene.between(MILLIS_MIN, MILLIS_MAX);
        if (drifting) {
            int ppm = scene.one(DRIFTS_PPM);
            return Injection.at(
                            List.of(node),
                            lasts,
                            () -> node.clock().driftPpm(ppm),
                            () -> node.clock().reset())
                    .with("ppm", ppm);
        }
        long jump = scene.one(JUMPS_MILLIS);
        return Injection.at(
                        List.of(node),
                        lasts,
                        () -> node.clock().offsetMillis(jump),
                        () -> node.clock().reset())
                .with("jump-millis", jump);
    }
}
