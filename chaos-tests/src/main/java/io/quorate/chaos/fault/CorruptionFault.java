package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.ChaosNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A file of a node that is down, damaged: the node must refuse it, sooner or later, or be as good as ever. If it
 * refuses it is emptied, as documented.
 */
record CorruptionFault(DataFiles.Kind what, boolean truncated) implements Fault {
    private static final Duration REFUSAL_MAX = Duration.ofSeconds(4);

    @Override
    public String kind() {
        return "corruption-" + Words.of(what);
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
    public boolean isReady(Scene scene) {
        return scene.nodes().stream().allMatch(node -> !DataFiles.of(node, what).isEmpty());
    }

    @Override
    public Injection plan(Scene scene) {
        ChaosNode node = Victims.FOLLOWER.choose(scene).get(0);
        SplittableRandom random = scene.random().split();
        return Injection.at(
                        List.of(node),
                        0,
                        () -> {
                            node.kill();
                            scene.suspect(node);
                            scene.say(node.id() + ": " + damage(node, random));
                            node.start();
                            scene.awaitEndOrWhole(node, REFUSAL_MAX);
                        },
                        () -> {
                            boolean refused = !node.isAlive();
                            scene.say(node.id() + (refused ? " refused it" : " goes on"));
                            if (refused) {
                                scene.empty(node);
                            }
                        })
                .with("how", truncated ? "truncate" : "flip-bit");
    }

    private String damage(ChaosNode node, SplittableRandom random) {
        List<Path> files = DataFiles.of(node, what);
        Optional<Path> file = files.isEmpty() ? Optional.empty() : Optional.of(files.get(random.nextInt(files.size())));
        Path damaged = file.orElseThrow(() -> new IllegalStateException(node.id() + " has no such file any more"));
        String how = truncated ? DataFiles.truncate(damaged, random) : DataFiles.flipBit(damaged, random);
        return node.dataDirectory().relativize(damaged) + ": " + how;
    }
}
