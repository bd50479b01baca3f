package io.quorate.client.route;

import io.quorate.client.fake.ClusterModel;
import io.quorate.client.fake.Fault;
import io.quorate.protocol.Failures;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Hello;
import io.quorate.protocol.v1.Push;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A network, a clock and a cluster in one thread: what happens is drawn from one seed, and time passes only
 * from event to event.
 */
final class SimulatedNetwork implements Links, Wakeups, NanoClock {
    static final long MILLI = 1_000_000L;

    final ClusterModel model;
    /** What becomes of each request; the test changes it as it likes. */
    Function<Request, Fault> faults = request -> Fault.NONE;

    private final RandomGenerator random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Map<String, String> nodeAt = new HashMap<>();
    private final Map<String, Integer> openings = new HashMap<>();
    private final Set<String> down = new HashSet<>();
    private final List<SimulatedLink> links = new ArrayList<>();
    private long nowNanos = 1_000 * MILLI;
    private long eventCount;
    int inFlightMax = 64;
    Router router;

    SimulatedNetwork(ClusterModel model, RandomGenerator random) {
        this.model = model;
        this.random = random;
    }

    void addNode(String id) {
        nodeAt.put(id + ":1", id);
        model.addNode(id, id + ":1");
    }

    private record Event(long atNanos, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atNanos != other.atNanos ? Long.compare(atNanos, other.atNanos) : Long.compare(order, other.order);
        }
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public void tickAfter(long nanos) {
        at(nanos, () -> router.tick());
    }

    /** Has something happen after a time; the router's burst ends with it. */
    void at(long afterNanos, Runnable action) {
        events.add(new Event(nowNanos + afterNanos, eventCount++, action));
    }

    /** Runs until nothing is left to happen or a time has passed. */
    void run(long nanos) {
        long end = nowNanos + nanos;
        while (!events.isEmpty() && events.peek().atNanos() <= end) {
            Event event = events.poll();
            nowNanos = Math.max(nowNanos, event.atNanos());
            event.action().run();
            router.flush();
        }
        nowNanos = end;
    }

    void down(String node) {
        down.add(node);
        for (SimulatedLink link : List.copyOf(links)) {
            if (link.node.equals(node)) {
                link.drop("reset");
            }
        }
    }

    void up(String node) {
        down.remove(node);
    }

    /** Ends a node's connections, but not the node. */
    void cut(String node) {
        down(node);
        up(node);
    }

    /** A node pushes to everyone who is connected to it. */
    void push(String node, Push push) {
        for (SimulatedLink link : List.copyOf(links)) {
            if (link.node.equals(node)) {
                at(delay(), () -> {
                    if (!link.over) {
                        link.listener.pushed(push);
                    }
                });
            }
        }
    }

    /** How often a connection to an address was begun. */
    int opened(String address) {
        return openings.getOrDefault(address, 0);
    }

    private long delay() {
        return random.nextInt(20) == 0 ? random.nextLong(30 * MILLI) : random.nextLong(2 * MILLI);
    }

    @Override
    public Link open(String address, LinkEvents listener) {
        SimulatedLink link = new SimulatedLink(nodeAt.getOrDefault(address, address), listener);
        links.add(link);
        openings.merge(address, 1, Integer::sum);
        at(delay(), link::connect);
        return link;
    }

    private final class SimulatedLink implements Link {
        private final String node;
        private final LinkEvents listener;
        private final TreeMap<Long, Call> sent = new TreeMap<>();
        private final Set<Long> abandoned = new HashSet<>();
        private final List<Request> gathered = new ArrayList<>();
        private long lastId;
        private long heardAtNanos = nowNanos;
        private boolean over;
        private long lastArrivalNanos;

        private SimulatedLink(String node, LinkEvents listener) {
            this.node = node;
            this.listener = listener;
        }

        private void connect() {
            if (over) {
                return;
            }
            if (down.contains(node) || !nodeAt.containsValue(node)) {
                drop("refused");
            } else {
                heardAtNanos = nowNanos;
                listener.ready(
                        this,
                        model.serve(
                                        node,
                                        Request.newBuilder()
                                                .setHello(Hello.getDefaultInstance())
                                                .build())
                                .getWelcome());
            }
        }

        @Override
        public boolean hasRoom() {
            return sent.size() + abandoned.size() < inFlightMax;
        }

        @Override
        public void send(Call call) {
            if (over || !hasRoom()) {
                throw new IllegalStateException("a send that must not be");
            }
            lastId++;
            call.correlationId(lastId);
            sent.put(lastId, call);
            gathered.add(call.request(lastId));
        }

        @Override
        public void abandon(Call call) {
            if (sent.remove(call.correlationId()) != null) {
                abandoned.add(call.correlationId());
            }
        }

        @Override
        public void flush() {
            for (Request request : gathered) {
                // In order, as a connection is; what was sent may arrive though the client is gone.
                lastArrivalNanos = Math.max(lastArrivalNanos, nowNanos + delay());
                at(lastArrivalNanos - nowNanos, () -> arrive(request));
            }
            gathered.clear();
        }

        private void arrive(Request request) {
            if (down.contains(node)) {
                return;
            }
            Fault fault = faults.apply(request);
            switch (fault) {
                case CLOSE_BEFORE -> drop("closed");
                case IGNORE -> {}
                case OVERLOADED -> answer(failure(request, Code.OVERLOADED));
                case UNAVAILABLE -> answer(failure(request, Code.UNAVAILABLE));
                case STALE_RULES -> answer(failure(request, Code.STALE_RULES));
                default -> {
                    Response response = model.serve(node, request);
                    switch (fault) {
                        case CLOSE_AFTER, HALF_ANSWER, WRONG_ID, GARBAGE -> drop("closed");
                        case SWALLOW -> {}
                        case SAY_UNKNOWN -> answer(failure(request, Code.UNKNOWN));
                        case DELAY -> at(random.nextLong(3_000 * MILLI), () -> answer(response));
                        case WRONG_BODY ->
                            answer(response.toBuilder().clearBody().build());
                        default -> answer(response);
                    }
                }
            }
        }

        private Response failure(Request request, Code code) {
            return Response.newBuilder()
                    .setCorrelationId(request.getCorrelationId())
                    .setFailure(Failures.retry(code, "drawn", random.nextInt(20)))
                    .build();
        }

        private void answer(Response response) {
            at(delay(), () -> {
                Call call = over ? null : sent.remove(response.getCorrelationId());
                abandoned.remove(response.getCorrelationId());
                heardAtNanos = nowNanos;
                if (call != null) {
                    listener.answered(call, response);
                }
            });
        }

        private void drop(String reason) {
            if (!over) {
                List<Call> unanswered = close();
                listener.lost(this, reason, unanswered);
            }
        }

        @Override
        public long heardAtNanos() {
            return heardAtNanos;
        }

        @Override
        public int frameBytesMax() {
            return 256 * 1024;
        }

        @Override
        public List<Call> close() {
            over = true;
            links.remove(this);
            return List.copyOf(sent.values());
        }
    }
}
