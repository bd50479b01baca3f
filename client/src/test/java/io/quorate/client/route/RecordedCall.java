package io.quorate.client.route;

import io.quorate.client.fake.ClusterModel;
import io.quorate.core.rule.Descriptor;
import io.quorate.protocol.v1.Acquire;
import io.quorate.protocol.v1.Entry;
import io.quorate.protocol.v1.Response;
import java.util.ArrayList;
import java.util.List;

/** An acquire that keeps what became of it. */
final class RecordedCall extends AcquireCall {
    final String name;
    final List<Response> answers = new ArrayList<>();
    final List<Refusal> refusals = new ArrayList<>();
    private final NanoClock clock;
    long endedAtNanos;

    RecordedCall(String namespace, String name, NanoClock clock, long deadlineNanos) {
        super(namespace, descriptor(name), payload(namespace, name), deadlineNanos);
        this.name = name;
        this.clock = clock;
    }

    private static Descriptor descriptor(String name) {
        return Descriptor.of(ClusterModel.REQUEST, name, "client", "c" + name.hashCode() % 7);
    }

    private static byte[] payload(String namespace, String name) {
        Acquire.Builder message = Acquire.newBuilder().setNamespace(namespace).setCost(1);
        descriptor(name)
                .entries()
                .forEach(e ->
                        message.addEntries(Entry.newBuilder().setName(e.name()).setValue(e.value())));
        return message.build().toByteArray();
    }

    @Override
    protected void answered(Response response) {
        endedAtNanos = clock.nanoTime();
        answers.add(response);
    }

    @Override
    protected void failed(Refusal refusal) {
        endedAtNanos = clock.nanoTime();
        refusals.add(refusal);
    }

    boolean isAnswered() {
        return !answers.isEmpty();
    }

    @Override
    public String toString() {
        return name + ": " + answers.size() + " answers, refused " + refusals + ", tries " + tries + ", state " + state
                + (trouble.isEmpty() ? "" : ", last: " + trouble);
    }
}
