package io.quorate.chaos.run;

import io.quorate.chaos.history.Answer;
import io.quorate.chaos.history.Asked;
import io.quorate.chaos.history.Asked.Kind;
import io.quorate.chaos.history.History;
import io.quorate.chaos.history.Place;
import io.quorate.chaos.history.RequestId;
import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.PeekResult;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.RefundResult;
import io.quorate.client.api.Result;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;

/** A user of the SDK without leases: acquires, refunds (some twice), peeks. */
final class SdkDriver extends Driver {
    private static final int GRANTS_HELD_MAX = 32;

    private record Held(Result.Receipt receipt, Workload.Request request) {}

    private final QuorateClient client;
    private final Workload workload;
    private final Recorder recorder;
    private final ArrayDeque<Held> held = new ArrayDeque<>();

    SdkDriver(String name, QuorateClient client, Workload workload, History history, SplittableRandom random) {
        super(name, random, 0);
        this.client = client;
        this.workload = workload;
        this.recorder = new Recorder(history, name);
    }

    @Override
    void step() {
        int draw = random.nextInt(20);
        if (draw < 3 && !held.isEmpty()) {
            Held grant = held.pollFirst();
            refund(grant, random.nextLong(grant.receipt().cost()) + 1);
            if (random.nextInt(4) == 0) {
                refund(grant, grant.receipt().cost());
            }
        } else if (draw == 3) {
            peek(workload.timeless(random));
        } else {
            acquire(workload.next(random));
        }
    }

    static AcquireRequest sdk(Workload.Request request) {
        return AcquireRequest.of(request.namespace(), request.entries().toArray(String[]::new))
                .withCost(request.cost());
    }

    private void acquire(Workload.Request request) {
        Result result = recorder.ask(
                Asked.acquire(request.namespace(), request.keys(), request.cost()),
                () -> client.tryAcquire(sdk(request)),
                Recorder::answer,
                e -> new Result.Unknown(String.valueOf(e.getMessage()), false));
        if (result instanceof Result.Granted granted && granted.receipt().group() >= 0) {
            held.addLast(new Held(granted.receipt(), request));
            if (held.size() > GRANTS_HELD_MAX) {
                held.pollFirst();
            }
        }
    }

    private void refund(Held grant, long count) {
        RequestId id = Recorder.id(grant.receipt());
        recorder.ask(
                Asked.refund(grant.request().namespace(), grant.request().keys(), count, id),
                () -> joined(grant.receipt(), count),
                Recorder::answer,
                e -> new RefundResult.Unknown(String.valueOf(e.getMessage())));
    }

    private RefundResult joined(Result.Receipt receipt, long count) {
        try {
            return client.refund(receipt, count).join();
        } catch (CompletionException e) {
            return new RefundResult.Unknown(String.valueOf(e.getCause()));
        }
    }

    private void peek(Workload.Request request) {
        Asked asked = new Asked(
                Kind.PEEK, request.namespace(), request.keys(), request.cost(), RequestId.NONE, RequestId.NONE, 0);
        recorder.ask(
                asked,
                () -> peeked(request),
                SdkDriver::answer,
                e -> new PeekResult.Unknown(String.valueOf(e.getMessage())));
    }

    private PeekResult peeked(Workload.Request request) {
        try {
            return client.peek(sdk(request)).join();
        } catch (CompletionException e) {
            return new PeekResult.Unknown(String.valueOf(e.getCause()));
        }
    }

    private static Answer answer(PeekResult result) {
        long now = System.nanoTime();
        if (result instanceof PeekResult.Known known) {
            return new Answer(
                    now,
                    Answer.Status.OK,
                    known.allowed(),
                    "leader",
                    RequestId.NONE,
                    Place.NONE,
                    0,
                    0,
                    Recorder.results(known.rules()),
                    "",
                    "");
        }
        return Answer.fail(now, ((PeekResult.Unknown) result).reason());
    }

    /** A client of a cluster, as drivers use it. */
    static QuorateClient client(String endpoints, String name, boolean leases) {
        return QuorateClient.builder()
                .endpoints(List.of(endpoints.split(",", -1)).toArray(String[]::new))
                .name(name)
                .leases(leases)
                .requestTimeout(Duration.ofSeconds(3))
                .build();
    }
}
