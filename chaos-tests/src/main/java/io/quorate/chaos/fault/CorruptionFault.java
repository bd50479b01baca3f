package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.ChaosNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A file of a node that is down, damaged: the node must refuse it, sooner or later, or be as good as ever. If it
 * refuses it is emptied, as documented.
 */
record CorruptionFault(DataFiles.Kind what, boolean truncated) implements Fault {
    private static final long REFUSAL_MILLIS_MAX = 3_000;

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
    public Injection plan(Scene scene) {
        ChaosNode node = Victims.FOLLOWER.choose(scene).get(0);
        SplittableRandom random = scene.random().split();
        AtomicReference<String> damage = new AtomicReference<>("");
        return new Injection(
                        List.of(node.id()),
                        new TreeMap<>(),
                        REFUSAL_MILLIS_MAX,
                        () -> {
                            node.kill();
                            damage.set(damage(node, random).orElse("no such file"));
                            scene.suspect(node);
                            scene.say(node.id() + ": " + damage.get());
                            node.start();
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

    private Optional<String> damage(ChaosNode node, SplittableRandom random) {
        List<Path> files = DataFiles.of(node, what);
        if (files.isEmpty()) {
            return Optional.empty();
        }
        Path file = files.get(random.nextInt(files.size()));
        String how = truncated ? DataFiles.truncate(file, random) : DataFiles.flipBit(file, random);
        return Optional.of(node.dataDirectory().relativize(file) + ": " + how);
    }
}
