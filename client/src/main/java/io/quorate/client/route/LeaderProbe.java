package io.quorate.client.route;

import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Topology;
import org.jspecify.annotations.Nullable;

/**
 * Asks nodes in turn who leads and who belongs to the cluster, while some group has no leader that can be
 * reached or some call waits for a newer topology. One question at a time, with pauses that grow. Confined
 * to the loop.
 */
final class LeaderProbe extends Timed {
    /** How long one node may take to say what it knows. */
    private static final long ANSWER_NANOS = 500_000_000L;
    /** The longest pause between two questions: what an election costs beyond its own time. */
    private static final long PAUSE_MAX_NANOS = 100_000_000L;

    private final Router router;
    private final Backoff pause;
    private boolean asking;
    private boolean pausing;
    /** A node to ask before the others; null if their turn decides. */
    private @Nullable NodeRoute first;

    LeaderProbe(Router router, RouterSettings settings) {
        this.router = router;
        this.pause = new Backoff(
                settings.backoffMinNanos(), Math.max(settings.backoffMinNanos(), PAUSE_MAX_NANOS), router.random());
    }

    /** Sees to it that somebody is asked, after a pause at most. */
    void ensure() {
        if (!asking && !pausing) {
            pausing = true;
            router.wheel.schedule(this, router.nowNanos() + pause.nextNanos());
        }
    }

    /** Like {@link #ensure}, and this node is asked first: it knows something newer. */
    void ensure(NodeRoute node) {
        first = node;
        ensure();
    }

    /** The pauses begin small again. */
    void settled() {
        pause.reset();
    }

    @Override
    void timeUp(long nowNanos) {
        pausing = false;
        if (!router.needsTopology()) {
            return;
        }
        NodeRoute node = first != null && first.ready() ? first : router.nodes.nextReady();
        first = null;
        if (node == null) {
            ensure(); // a connection may come; its handshake brings a topology too
            return;
        }
        asking = true;
        router.sendInternal(new Question(node, nowNanos + ANSWER_NANOS));
    }

    private void over() {
        asking = false;
        if (router.needsTopology()) {
            ensure();
        }
    }

    private final class Question extends Call {
        private Question(NodeRoute node, long deadlineNanos) {
            super(new Target.AtNode(node.name()), false, deadlineNanos);
        }

        @Override
        public Request request(long correlationId) {
            return Request.newBuilder()
                    .setCorrelationId(correlationId)
                    .setGetTopology(Topology.Get.getDefaultInstance())
                    .build();
        }

        @Override
        protected boolean accepts(Response response) {
            return response.hasTopology();
        }

        @Override
        protected void answered(Response response) {
            router.adopt(response.getTopology());
            over();
        }

        @Override
        protected void failed(Refusal refusal) {
            over();
        }
    }
}
