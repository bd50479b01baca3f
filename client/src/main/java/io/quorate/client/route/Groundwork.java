package io.quorate.client.route;

import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Session;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Gets what calls need before they can be sent: how their namespace is routed, and a session in their group.
 * Each is asked for once, however many calls wait for it. Confined to the loop.
 */
final class Groundwork {
    /** How long one question may take; while calls wait it is asked again. */
    private static final long QUESTION_NANOS = 3_000_000_000L;

    private final Router router;
    private final RouterSettings settings;
    private final Map<String, NamespaceRoute> namespaces = new LinkedHashMap<>();

    Groundwork(Router router, RouterSettings settings) {
        this.router = router;
        this.settings = settings;
    }

    NamespaceRoute namespace(String name) {
        NamespaceRoute known = namespaces.get(name);
        if (known != null) {
            return known;
        }
        NamespaceRoute added = new NamespaceRoute(name);
        namespaces.put(name, added);
        if (namespaces.size() > settings.namespacesMax()) {
            Iterator<NamespaceRoute> oldest = namespaces.values().iterator();
            while (namespaces.size() > settings.namespacesMax() && oldest.hasNext()) {
                NamespaceRoute route = oldest.next();
                if (route != added && !route.fetching && route.waiting.isEmpty()) {
                    oldest.remove();
                }
            }
        }
        return added;
    }

    void fetch(NamespaceRoute route) {
        if (!route.fetching) {
            route.fetching = true;
            route.stale = false;
            router.sendInternal(new NamespaceQuestion(route, router.nowNanos() + QUESTION_NANOS));
        }
    }

    /** Has the routing of a namespace asked for anew when next it is needed. */
    void forget(String namespace) {
        NamespaceRoute route = namespaces.get(namespace);
        if (route != null) {
            route.known = false;
            route.stale = route.fetching;
        }
    }

    void openSession(GroupRoute group) {
        if (!group.opening) {
            group.opening = true;
            router.sendInternal(new SessionOpening(group, router.nowNanos() + QUESTION_NANOS));
        }
    }

    void closeSessions(GroupRoute[] groups, long deadlineNanos, Runnable whenDone) {
        Countdown countdown = new Countdown(whenDone);
        for (GroupRoute group : groups) {
            ClientSession session = group.session;
            if (session != null && group.leader != null && group.leader.ready()) {
                countdown.add();
                router.sendInternal(new SessionClosing(group.group, session.id, deadlineNanos, countdown));
            }
        }
        countdown.down();
    }

    /** Whether the question may be asked again when it ended so. */
    static boolean passing(Code code) {
        return code == Code.UNKNOWN || code == Code.UNAVAILABLE || code == Code.OVERLOADED;
    }

    private void failAll(CallQueue waiting, Refusal refusal) {
        for (Call call = waiting.poll(); call != null; call = waiting.poll()) {
            router.giveUp(call, refusal.code(), refusal.message());
        }
    }

    private final class NamespaceQuestion extends RulesQuestion {
        private final NamespaceRoute asked;

        private NamespaceQuestion(NamespaceRoute asked, long deadlineNanos) {
            super(asked.namespace, deadlineNanos);
            this.asked = asked;
        }

        @Override
        protected void answered(Response response) {
            asked.fetching = false;
            if (asked.stale) {
                fetch(asked);
                return;
            }
            String colocate = response.getRules().getColocate();
            asked.colocate = colocate.isEmpty() ? null : colocate;
            asked.known = true;
            router.reroute(asked.waiting);
        }

        @Override
        protected void failed(Refusal refusal) {
            asked.fetching = false;
            if (router.isClosed() || asked.waiting.isEmpty()) {
                namespaces.remove(asked.namespace, asked);
            } else if (passing(refusal.code())) {
                fetch(asked);
            } else {
                namespaces.remove(asked.namespace, asked);
                failAll(asked.waiting, refusal);
            }
        }
    }

    private final class SessionOpening extends Call {
        private final GroupRoute opened;

        private SessionOpening(GroupRoute opened, long deadlineNanos) {
            super(new Target.Leader(opened.group), false, deadlineNanos);
            this.opened = opened;
        }

        @Override
        public Request request(long correlationId) {
            return Request.newBuilder()
                    .setCorrelationId(correlationId)
                    .setOpenSession(
                            Session.Open.newBuilder().setGroup(opened.group).setClientName(settings.clientName()))
                    .build();
        }

        @Override
        protected boolean accepts(Response response) {
            return response.hasSessionOpened();
        }

        @Override
        protected void answered(Response response) {
            opened.opening = false;
            opened.session = new ClientSession(response.getSessionOpened().getSessionId());
            router.reroute(opened.awaitingSession);
        }

        @Override
        protected void failed(Refusal refusal) {
            opened.opening = false;
            if (router.isClosed() || opened.awaitingSession.isEmpty()) {
                return;
            }
            if (passing(refusal.code())) {
                openSession(opened);
            } else {
                failAll(opened.awaitingSession, refusal);
            }
        }
    }

    private static final class SessionClosing extends Call {
        private final long closedId;
        private final Countdown countdown;

        private SessionClosing(int group, long closedId, long deadlineNanos, Countdown countdown) {
            super(new Target.Leader(group), false, deadlineNanos);
            this.closedId = closedId;
            this.countdown = countdown;
        }

        @Override
        public Request request(long correlationId) {
            return Request.newBuilder()
                    .setCorrelationId(correlationId)
                    .setCloseSession(
                            Session.Close.newBuilder().setGroup(group()).setSessionId(closedId))
                    .build();
        }

        @Override
        protected boolean accepts(Response response) {
            return response.hasDone();
        }

        @Override
        protected void answered(Response response) {
            countdown.down();
        }

        @Override
        protected void failed(Refusal refusal) {
            countdown.down(); // the session ends by itself when it was idle long enough
        }
    }

    /** Runs something when as many things ended as began, its own beginning included. */
    private static final class Countdown {
        private final Runnable whenDone;
        private int left = 1;

        private Countdown(Runnable whenDone) {
            this.whenDone = whenDone;
        }

        private void add() {
            left++;
        }

        private void down() {
            left--;
            if (left == 0) {
                whenDone.run();
            }
        }
    }
}
