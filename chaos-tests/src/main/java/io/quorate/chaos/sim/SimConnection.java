package io.quorate.chaos.sim;

import io.quorate.client.route.Call;
import io.quorate.client.route.Link;
import io.quorate.client.route.LinkEvents;
import io.quorate.protocol.NativeProtocol;
import io.quorate.protocol.v1.Failure;
import io.quorate.protocol.v1.Hello;
import io.quorate.protocol.v1.Push;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Welcome;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.server.endpoint.Exchange;
import io.quorate.server.endpoint.Peer;
import io.quorate.server.endpoint.ReplyQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One connection between a client and a node, with both its ends, which do as the product's do. What is sent in one burst
 * is one message. Messages of one direction arrive in order; each may be lost, or come twice.
 */
final class SimConnection implements Link {
    private static final long CONNECT_NANOS_MAX = 2_000_000_000L;
    private static final int IN_FLIGHT_MAX = 1_024;

    private final World world;
    private final SimClient client;
    private final SimNode node;
    private final LinkEvents events;
    private final ServerEnd serverEnd;
    private final int clientLife;
    private final int number;

    // The client's end.
    private final Map<Long, Call> inFlight = new TreeMap<>();
    private final Map<Long, Long> sentAtNanos = new TreeMap<>();
    private List<Request> gathered = new ArrayList<>();
    private long lastId;
    private long heardAtNanos;
    private boolean over;

    private int nodeLife;
    private long lastToServerNanos;
    private long lastToClientNanos;

    SimConnection(World world, SimClient client, SimNode node, LinkEvents events, int number) {
        this.world = world;
        this.client = client;
        this.node = node;
        this.events = events;
        this.number = number;
        this.clientLife = client.life();
        this.heardAtNanos = client.clock.monoNanos();
        this.serverEnd = new ServerEnd();
        connect();
    }

    Peer peer() {
        return serverEnd;
    }

    private void connect() {
        boolean there = world.network.linked(client.place, node.place) && !node.isPaused();
        long nanos = there ? 2 * world.network.delayNanos() : CONNECT_NANOS_MAX;
        client.post(nanos, Step.CONNECT, () -> {
            if (!over && node.isUp() && there) {
                nodeLife = node.life();
                greet();
            } else if (!over) {
                lose("can't connect");
            }
            client.burstOver();
        });
    }

    private void greet() {
        Hello hello = Hello.newBuilder()
                .setProtocolVersion(NativeProtocol.VERSION)
                .setClientName(client.name())
                .build();
        Failure refusal = node.endpoints().refusal(hello);
        if (refusal != null) {
            throw new IllegalStateException(refusal.getMessage());
        }
        Welcome welcome = node.endpoints().welcome();
        node.accepted(this);
        heardAtNanos = client.clock.monoNanos();
        events.ready(this, welcome);
    }

    // ---- the client's end

    @Override
    public boolean hasRoom() {
        return inFlight.size() < IN_FLIGHT_MAX;
    }

    @Override
    public void send(Call call) {
        long id = ++lastId;
        call.correlationId(id);
        inFlight.put(id, call);
        sentAtNanos.put(id, world.agenda.nowNanos());
        gathered.add(call.request(id));
    }

    @Override
    public void abandon(Call call) {
        inFlight.remove(call.correlationId());
        sentAtNanos.remove(call.correlationId());
    }

    @Override
    public void flush() {
        if (gathered.isEmpty()) {
            return;
        }
        List<Request> burst = gathered;
        gathered = new ArrayList<>();
        int its = nodeLife;
        int times = times(client.place, node.place);
        if (times > 1) {
            noteDoubled(burst);
        }
        for (int i = 0; i < times; i++) {
            lastToServerNanos = Math.max(lastToServerNanos, world.agenda.nowNanos() + world.network.delayNanos());
            world.agenda.at(
                    lastToServerNanos,
                    Step.REQUESTS,
                    () -> node.deliver(Step.REQUESTS, () -> {
                        if (node.life() == its) {
                            serverEnd.receive(burst);
                        }
                    }));
        }
    }

    /** What is refused once may be executed by its double, which no connection of the real world makes. */
    private void noteDoubled(List<Request> burst) {
        for (Request request : burst) {
            if (request.hasAcquire()) {
                client.book().maybe();
            }
        }
    }

    private int times(int from, int to) {
        if (!world.network.reaches(from, to) || world.network.loses()) {
            return 0;
        }
        return world.network.doubles() ? 2 : 1;
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
        List<Call> open = new ArrayList<>(inFlight.values());
        inFlight.clear();
        sentAtNanos.clear();
        gathered.clear();
        world.agenda.after(
                world.network.delayNanos(),
                Step.DISCONNECT,
                () -> node.deliver(Step.DISCONNECT, () -> {
                    if (serverEnd.open) {
                        serverEnd.open = false;
                        node.closed(this);
                    }
                }));
        return open;
    }

    private void receive(List<Response> burst) {
        if (over) {
            return;
        }
        for (Response response : burst) {
            if (response.getCorrelationId() == 0) {
                events.pushed(response.getPush());
                continue;
            }
            Call call = inFlight.remove(response.getCorrelationId());
            Long sent = sentAtNanos.remove(response.getCorrelationId());
            if (call != null && sent != null && !over) {
                if (response.hasSessionOpened()) {
                    client.book()
                            .in(call.group())
                            .opened(response.getSessionOpened().getSessionId());
                }
                events.answered(call, world.sabotage.response(response, world.agenda.nowNanos() - sent));
            }
        }
        heardAtNanos = client.clock.monoNanos();
        client.burstOver();
    }

    private void lose(String reason) {
        events.lost(this, reason, close());
    }

    /** The node's end is gone, and its system says so, if it gets through. */
    void serverDied() {
        serverEnd.open = false;
        if (!world.network.reaches(node.place, client.place)) {
            return;
        }
        client.postFor(clientLife, world.network.delayNanos(), Step.DISCONNECT, () -> {
            if (!over) {
                lose("the connection was reset");
                client.burstOver();
            }
        });
    }

    /** The node's end, as {@code server.net} has it. */
    private final class ServerEnd implements Peer {
        private final ReplyQueue replies = new ReplyQueue();
        private final List<ReplicatedGroup> submittedTo = new ArrayList<>();
        private boolean open = true;
        private boolean inBurst;

        private void receive(List<Request> burst) {
            if (!open) {
                return;
            }
            inBurst = true;
            for (Request request : burst) {
                node.endpoints().dispatch(world.sabotage.request(request, node), this, node.clock.monoNanos());
            }
            endBurst();
        }

        private void endBurst() {
            inBurst = false;
            for (ReplicatedGroup group : submittedTo) {
                group.flush();
            }
            submittedTo.clear();
            drain();
        }

        private void drain() {
            Exchange exchange = replies.takeAll();
            if (exchange == null) {
                return;
            }
            List<Response> burst = new ArrayList<>();
            long nowNanos = node.clock.monoNanos();
            while (exchange != null) {
                Exchange after = ReplyQueue.after(exchange);
                if (open) {
                    burst.add(exchange.response(node.metrics(), nowNanos));
                }
                exchange = after;
            }
            transmit(burst);
        }

        private void transmit(List<Response> burst) {
            if (burst.isEmpty()) {
                return;
            }
            int times = times(node.place, client.place);
            for (int i = 0; i < times; i++) {
                lastToClientNanos = Math.max(lastToClientNanos, world.agenda.nowNanos() + world.network.delayNanos());
                client.postFor(
                        clientLife,
                        lastToClientNanos - world.agenda.nowNanos(),
                        Step.RESPONSES,
                        () -> SimConnection.this.receive(burst));
            }
        }

        @Override
        public void answered(Exchange exchange) {
            if (replies.add(exchange) && !inBurst) {
                node.post(0, Step.SERVER_TASK, this::drain);
            }
        }

        @Override
        public void submitted(ReplicatedGroup group) {
            if (!submittedTo.contains(group)) {
                submittedTo.add(group);
            }
        }

        @Override
        public void push(Push push) {
            node.post(0, Step.SERVER_TASK, () -> {
                if (open) {
                    transmit(List.of(Response.newBuilder().setPush(push).build()));
                }
            });
        }

        @Override
        public void execute(Runnable task) {
            node.post(0, Step.SERVER_TASK, () -> {
                inBurst = true;
                task.run();
                endBurst();
            });
        }

        /** Equal in each run of a seed, since sets of peers are walked through. */
        @Override
        public int hashCode() {
            return number;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }
    }
}
