package io.quorate.chaos.run;

import io.quorate.chaos.history.Asked;
import io.quorate.chaos.history.History;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.Result;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** A user of the SDK with leases; every grant is a use of what the limit protects, and so the use log. */
final class LeaseDriver extends Driver {
    private final QuorateClient client;
    private final Workload workload;
    private final Recorder recorder;

    LeaseDriver(String name, QuorateClient client, Workload workload, History history, SplittableRandom random) {
        super(name, random, TimeUnit.MILLISECONDS.toNanos(4));
        this.client = client;
        this.workload = workload;
        this.recorder = new Recorder(history, name);
    }

    @Override
    void step() {
        Workload.Request request = workload.leased(random);
        recorder.ask(
                Asked.acquire(request.namespace(), request.keys(), request.cost()),
                () -> client.tryAcquire(SdkDriver.sdk(request)),
                Recorder::answer,
                e -> new Result.Unknown(String.valueOf(e.getMessage()), false));
    }
}
