package io.quorate.chaos.run;

import io.quorate.chaos.history.Answer;
import io.quorate.chaos.history.Asked;
import io.quorate.chaos.history.Asked.Kind;
import io.quorate.chaos.history.History;
import io.quorate.client.api.QuorateAdmin;
import io.quorate.client.api.QuorateClient;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** An operator: changes limits, resets counters. */
final class AdminDriver extends Driver {
    private static final int CHANGE_ONE_IN = 8;

    private final QuorateAdmin admin;
    private final Workload workload;
    private final Recorder recorder;

    AdminDriver(QuorateClient client, Workload workload, History history, SplittableRandom random) {
        super("admin", random, TimeUnit.MILLISECONDS.toNanos(500));
        this.admin = client.admin();
        this.workload = workload;
        this.recorder = new Recorder(history, "admin");
    }

    @Override
    void step() {
        if (random.nextInt(CHANGE_ONE_IN) == 0) {
            apply(Optional.of(random.split()));
        } else {
            reset();
        }
    }

    /** Applies the plain rules; whether that is known to have been done. */
    boolean apply(Optional<SplittableRandom> how) {
        return recorder.ask(
                        Asked.of(Kind.RULES, Workload.PLAIN, List.of()),
                        () -> admin.applyRules(Workload.plainRules(how), OptionalLong.empty())
                                .version(),
                        version -> Answer.done(System.nanoTime(), true, version),
                        e -> -1L)
                >= 0;
    }

    private void reset() {
        Workload.Request request = workload.resettable(random);
        recorder.ask(
                Asked.of(Kind.RESET, request.namespace(), request.keys()),
                () -> admin.resetKey(request.namespace(), "window", List.of(request.by(), "1")),
                was -> Answer.done(System.nanoTime(), was, 0),
                e -> false);
    }
}
