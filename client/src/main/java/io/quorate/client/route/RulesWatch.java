package io.quorate.client.route;

import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Push;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Rules;
import io.quorate.protocol.v1.Subscribe;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rules of watched namespaces current: subscribes at every node, and gets a namespace's rules when it is
 * first
 * watched, when a node says that they changed, and when a node was (re)connected. Confined to the loop.
 */
public final class RulesWatch {
    private static final long QUESTION_NANOS = 3_000_000_000L;

    private final Router router;
    private final Map<String, Watched> watched = new LinkedHashMap<>();
    private long roundTripNanos;

    RulesWatch(Router router) {
        this.router = router;
    }

    /** Hears of a namespace's rules, on the loop. */
    public interface Listener {
        /** The rules as of now; perhaps the same again. */
        void rules(Rules.Namespace rules);

        /** The namespace has no rules. */
        void none();

        /** A node asks for a counter's tokens to be returned. */
        void recalled(Push.Recalled recalled);
    }

    /** From now on {@code listener} hears of the namespace's rules. One listener each. */
    public void watch(String namespace, Listener listener) {
        Watched added = new Watched(namespace, listener);
        if (watched.putIfAbsent(namespace, added) != null) {
            throw new IllegalStateException("namespace '" + namespace + "' is watched already");
        }
        for (NodeRoute node : router.nodes.all()) {
            if (node.ready()) {
                subscribe(node, added);
            }
        }
        added.fetch();
    }

    /** Gets the rules of a watched namespace anew, if there may be newer ones than known. */
    public void refresh(String namespace) {
        Watched known = watched.get(namespace);
        if (known != null) {
            known.fetch();
        }
    }

    /** How long the last answer about rules took; 0 if there was none. */
    public long roundTripNanos() {
        return roundTripNanos;
    }

    /** A node shook hands. */
    void connected(NodeRoute node) {
        for (Watched each : watched.values()) {
            subscribe(node, each);
        }
    }

    /** A node told what nobody asked for. */
    void pushed(Push push) {
        switch (push.getWhatCase()) {
            case RULES_CHANGED -> {
                Watched known = watched.get(push.getRulesChanged().getNamespace());
                if (known != null && known.version != push.getRulesChanged().getVersion()) {
                    known.fetch();
                }
            }
            case RECALLED -> {
                Watched known = watched.get(push.getRecalled().getNamespace());
                if (known != null) {
                    known.listener.recalled(push.getRecalled());
                }
            }
            case WHAT_NOT_SET -> {
                // of a later version
            }
        }
    }

    private void subscribe(NodeRoute node, Watched namespace) {
        String id = node.id;
        if (id != null) {
            router.sendInternal(new Subscription(id, namespace, router.nowNanos() + QUESTION_NANOS));
        }
    }

    /** One namespace whose rules are kept current. */
    private final class Watched {
        private final String namespace;
        private final Listener listener;
        private long version = -1;
        private boolean fetching;
        private boolean again;

        Watched(String namespace, Listener listener) {
            this.namespace = namespace;
            this.listener = listener;
        }

        void fetch() {
            if (fetching) {
                again = true; // what is on its way may be old already
                return;
            }
            fetching = true;
            again = false;
            router.sendInternal(new Question(this, router.nowNanos() + QUESTION_NANOS));
        }

        void fetched(Rules.@Nullable Namespace rules) {
            fetching = false;
            version = rules == null ? 0 : rules.getVersion();
            router.forgetNamespace(namespace); // it may be spread otherwise now
            if (rules == null) {
                listener.none();
            } else {
                listener.rules(rules);
            }
            if (again) {
                fetch();
            }
        }
    }

    private final class Question extends RulesQuestion {
        private final Watched asked;

        private Question(Watched asked, long deadlineNanos) {
            super(asked.namespace, deadlineNanos);
            this.asked = asked;
        }

        @Override
        protected void answered(Response response) {
            roundTripNanos = router.nowNanos() - sentAtNanos;
            asked.fetched(response.getRules());
        }

        @Override
        protected void failed(Refusal refusal) {
            if (refusal.code() == Code.NOT_FOUND) {
                asked.fetched(null);
                return;
            }
            asked.fetching = false;
            // What doesn't pass by itself isn't asked again until a node says that something changed.
            if (!router.isClosed() && Groundwork.passing(refusal.code())) {
                asked.fetch();
            }
        }
    }

    private final class Subscription extends Call {
        private final Watched namespace;

        private Subscription(String node, Watched namespace, long deadlineNanos) {
            super(new Target.AtNode(node), false, deadlineNanos);
            this.namespace = namespace;
        }

        @Override
        public Request request(long correlationId) {
            return Request.newBuilder()
                    .setCorrelationId(correlationId)
                    .setSubscribe(Subscribe.newBuilder().setNamespace(namespace.namespace))
                    .build();
        }

        @Override
        protected boolean accepts(Response response) {
            return response.hasDone();
        }

        /** What changed while this node wasn't subscribed to may have been told by none. */
        @Override
        protected void answered(Response response) {
            namespace.fetch();
        }

        /**
         * The connection was lost, and with the next one it is tried again; or the node won't tell, and renewals do.
         */
        @Override
        protected void failed(Refusal refusal) {}
    }
}
