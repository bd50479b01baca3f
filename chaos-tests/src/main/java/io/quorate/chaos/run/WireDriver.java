package io.quorate.chaos.run;

import io.quorate.chaos.history.Answer;
import io.quorate.chaos.history.Answer.CounterResult;
import io.quorate.chaos.history.Asked;
import io.quorate.chaos.history.History;
import io.quorate.chaos.history.Place;
import io.quorate.chaos.history.RequestId;
import io.quorate.core.quota.Slots;
import io.quorate.protocol.Failures;
import io.quorate.protocol.v1.Acquire;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Decision;
import io.quorate.protocol.v1.Entry;
import io.quorate.protocol.v1.Failure;
import io.quorate.protocol.v1.Position;
import io.quorate.protocol.v1.Refund;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Session;
import io.quorate.protocol.v1.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A client that speaks the protocol itself, to do what the SDK never does: send a request to two nodes at once, send it
 * again long after it was answered, and know the identity of every request, also of those that are never answered.
 */
final class WireDriver extends Driver {
    private static final int ANSWER_MILLIS = 1_500;
    private static final int TRIES_MAX = 6;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(60);
    private static final int TWICE_ONE_IN = 10;
    private static final int AGAIN_ONE_IN = 20;
    /** Sequences below the last by more are acknowledged, and never sent again. */
    private static final int REPEATED_MAX = 16;

    /** One group's session. */
    private static final class Numbers {
        private final long session;
        private long sequence;

        Numbers(long session) {
            this.session = session;
        }
    }

    /** A request that was answered, to be sent again. */
    private record Old(int group, long session, long sequence, Asked asked, Request request) {}

    private record Grant(int group, long session, long sequence, long cost, List<String> keys) {}

    private final List<String> addresses;
    private final Workload workload;
    private final History history;
    private final String process;
    private final Map<String, WireConnection> connections = new HashMap<>();
    private final Map<Integer, Numbers> sessions = new HashMap<>();
    private final Map<Integer, String> leaders = new HashMap<>();
    private final Map<String, String> addressOfNode = new HashMap<>();
    private final List<Old> old = new ArrayList<>();
    private final List<Grant> grants = new ArrayList<>();
    private int dataGroups;
    private long epoch;
    private volatile boolean alwaysTwice;

    WireDriver(String name, List<String> addresses, Workload workload, History history, SplittableRandom random) {
        super(name, random, 0);
        this.addresses = List.copyOf(addresses);
        this.workload = workload;
        this.history = history;
        this.process = name;
    }

    /** Whether each request goes to two nodes at once from now on, and not just some. */
    void sendTwice(boolean every) {
        alwaysTwice = every;
    }

    @Override
    void step() {
        if (dataGroups == 0 && !learn()) {
            LockSupport.parkNanos(PAUSE_NANOS);
            return;
        }
        if (!old.isEmpty() && random.nextInt(AGAIN_ONE_IN) == 0) {
            again(old.remove(random.nextInt(old.size())));
            return;
        }
        Grant grant = grants.isEmpty() || random.nextInt(6) > 0 ? null : grants.remove(random.nextInt(grants.size()));
        Workload.Request request = workload.next(random);
        int group = grant == null
                ? Slots.groupOf(Slots.of(request.namespace(), request.by()), dataGroups)
                        .value()
                : grant.group();
        Numbers numbers = session(group);
        if (numbers == null || grant != null && grant.session() != numbers.session) {
            return;
        }
        numbers.sequence++;
        RequestId id = new RequestId(group, numbers.session, numbers.sequence);
        if (grant == null) {
            perform(
                    id,
                    Asked.acquire(request.namespace(), request.keys(), request.cost())
                            .as(id, 0),
                    acquire(id, request));
        } else {
            long count = 1 + random.nextLong(grant.cost());
            RequestId target = new RequestId(group, grant.session(), grant.sequence());
            perform(
                    id,
                    Asked.refund(Workload.PLAIN, grant.keys(), count, target).as(id, 0),
                    refund(id, target, count));
        }
    }

    private Request acquire(RequestId id, Workload.Request request) {
        Acquire.Builder acquire = Acquire.newBuilder()
                .setGroup(id.group())
                .setEpoch(epoch)
                .setSessionId(id.session())
                .setSequence(id.sequence())
                .setAckedBelow(Math.max(1, id.sequence() - REPEATED_MAX))
                .setNamespace(request.namespace())
                .setCost(request.cost());
        for (int i = 0; i < request.entries().size(); i += 2) {
            acquire.addEntries(Entry.newBuilder()
                    .setName(request.entries().get(i))
                    .setValue(request.entries().get(i + 1)));
        }
        return Request.newBuilder().setAcquire(acquire).build();
    }

    private Request refund(RequestId id, RequestId target, long count) {
        return Request.newBuilder()
                .setRefund(Refund.newBuilder()
                        .setGroup(id.group())
                        .setEpoch(epoch)
                        .setSessionId(id.session())
                        .setSequence(id.sequence())
                        .setAckedBelow(Math.max(1, id.sequence() - REPEATED_MAX))
                        .setAcquireSequence(target.sequence())
                        .setCount(count))
                .build();
    }

    /** Tries until it is answered, or given up; each try is an operation of its own, under the same identity. */
    private void perform(RequestId id, Asked asked, Request request) {
        boolean twice = addresses.size() > 1 && (alwaysTwice || random.nextInt(TWICE_ONE_IN) == 0);
        int copy = 0;
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            String leader = leaders.computeIfAbsent(id.group(), g -> addresses.get(random.nextInt(addresses.size())));
            Answer answer;
            if (twice) {
                List<String> others =
                        addresses.stream().filter(a -> !a.equals(leader)).toList();
                answer = both(leader, others.get(random.nextInt(others.size())), asked, copy, request);
                copy += 2;
                twice = false;
            } else {
                answer = one(leader, asked.as(id, copy), request);
                copy++;
            }
            if (answer.status() == Answer.Status.OK) {
                remember(id, asked, request, answer);
                return;
            }
            if (answer.error().startsWith(Code.UNKNOWN_SESSION.name())
                    || answer.error().startsWith(Code.UNKNOWN_EXPIRED.name())) {
                sessions.remove(id.group());
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void remember(RequestId id, Asked asked, Request request, Answer answer) {
        old.removeIf(o -> o.group() == id.group() && o.sequence() < id.sequence() - REPEATED_MAX / 2);
        old.add(new Old(id.group(), id.session(), id.sequence(), asked, request));
        if (asked.kind() == Asked.Kind.ACQUIRE && answer.allowed()) {
            grants.add(new Grant(id.group(), id.session(), id.sequence(), asked.cost(), asked.keys()));
            if (grants.size() > REPEATED_MAX) {
                grants.remove(0);
            }
        }
    }

    private void again(Old request) {
        RequestId id = new RequestId(request.group(), request.session(), request.sequence());
        String leader = leaders.computeIfAbsent(id.group(), g -> addresses.get(0));
        one(leader, request.asked().as(id, 99), request.request());
    }

    /** Sends to two nodes before either answers. */
    private Answer both(String first, String second, Asked asked, int copy, Request request) {
        long one = history.invoke(process, System.nanoTime(), asked.as(asked.id(), copy));
        long two = history.invoke(process, System.nanoTime(), asked.as(asked.id(), copy + 1));
        WireConnection toFirst = connection(first);
        WireConnection toSecond = connection(second);
        long idOne = toFirst == null ? -1 : send(toFirst, first, request);
        long idTwo = toSecond == null ? -1 : send(toSecond, second, request);
        Answer answerOne = answer(toFirst, idOne, first, asked);
        history.complete(one, answerOne);
        Answer answerTwo = answer(toSecond, idTwo, second, asked);
        history.complete(two, answerTwo);
        return answerOne.status() == Answer.Status.OK ? answerOne : answerTwo;
    }

    private Answer one(String address, Asked asked, Request request) {
        long number = history.invoke(process, System.nanoTime(), asked);
        WireConnection connection = connection(address);
        long id = connection == null ? -1 : send(connection, address, request);
        Answer answer = answer(connection, id, address, asked);
        history.complete(number, answer);
        return answer;
    }

    /** The correlation id; 0 if it may have been sent, and the connection broke. */
    private long send(WireConnection connection, String address, Request request) {
        try {
            return connection.send(request.toBuilder());
        } catch (IOException e) {
            drop(address);
            return 0;
        }
    }

    private Answer answer(@Nullable WireConnection connection, long id, String address, Asked asked) {
        if (connection == null || id < 0) {
            forgetLeader(asked);
            return Answer.fail(System.nanoTime(), "not connected");
        }
        if (id == 0) {
            return Answer.info(System.nanoTime(), "the connection broke while it was sent");
        }
        try {
            Response response = connection.await(id);
            return response.hasFailure() ? failure(response.getFailure(), asked) : decided(response, address, asked);
        } catch (IOException e) {
            drop(address);
            forgetLeader(asked);
            return Answer.info(System.nanoTime(), "no answer: " + e);
        }
    }

    private void forgetLeader(Asked asked) {
        leaders.remove(asked.id().group());
    }

    private Answer failure(Failure failure, Asked asked) {
        String address = addressOfNode.get(failure.getLeader());
        if (failure.getCode() == Code.NOT_LEADER && address != null) {
            leaders.put(asked.id().group(), address);
        } else if (failure.getCode() != Code.OVERLOADED) {
            forgetLeader(asked);
        }
        String why = failure.getCode().name() + ": " + failure.getMessage();
        // What says nothing of earlier tries says of this one that it wasn't executed.
        boolean open = Failures.maybeExecuted(failure.getCode());
        long now = System.nanoTime();
        if (failure.getCode() == Code.NOTHING_TO_REFUND) {
            return Answer.done(now, false, 0);
        }
        return open ? Answer.info(now, why) : Answer.fail(now, why);
    }

    private static Answer decided(Response response, String address, Asked asked) {
        long now = System.nanoTime();
        if (response.hasDecision()) {
            Decision decision = response.getDecision();
            List<CounterResult> results = decision.getRulesList().stream()
                    .map(r -> new CounterResult(
                            r.getRule(),
                            r.getAllowed(),
                            r.getShadow(),
                            r.getRemaining(),
                            r.getRetryAfterMillis(),
                            r.getResetAfterMillis()))
                    .toList();
            return Answer.decided(now, decision.getAllowed(), asked.id(), place(decision.getPosition()), results)
                    .from(address);
        }
        return new Answer(
                now,
                Answer.Status.OK,
                true,
                "leader",
                asked.id(),
                place(response.getRefunded().getPosition()),
                response.getRefunded().getRefunded(),
                0,
                List.of(),
                address,
                "");
    }

    private static Place place(Position position) {
        return new Place(
                position.getGroup(),
                position.getIndex(),
                position.getPosition(),
                position.getLogTimeMillis(),
                position.getRulesVersion());
    }

    private boolean learn() {
        for (String address : addresses) {
            WireConnection connection = connection(address);
            if (connection != null) {
                Topology topology = connection.topology();
                topology.getNodesList().forEach(n -> addressOfNode.put(n.getId(), n.getClientAddress()));
                topology.getLeadersList().forEach(l -> {
                    String leader = addressOfNode.get(l.getNode());
                    if (leader != null) {
                        leaders.put(l.getGroup(), leader);
                    }
                });
                epoch = topology.getEpoch();
                dataGroups = topology.getDataGroups();
                return true;
            }
        }
        return false;
    }

    private @Nullable Numbers session(int group) {
        Numbers known = sessions.get(group);
        if (known != null) {
            return known;
        }
        String leader = leaders.computeIfAbsent(group, g -> addresses.get(random.nextInt(addresses.size())));
        WireConnection connection = connection(leader);
        if (connection == null) {
            leaders.remove(group);
            LockSupport.parkNanos(PAUSE_NANOS);
            return null;
        }
        try {
            Response response = connection.ask(Request.newBuilder()
                    .setOpenSession(Session.Open.newBuilder().setGroup(group).setClientName(process)));
            if (response.hasSessionOpened()) {
                Numbers opened = new Numbers(response.getSessionOpened().getSessionId());
                sessions.put(group, opened);
                return opened;
            }
            String address = addressOfNode.get(response.getFailure().getLeader());
            leaders.remove(group);
            if (address != null) {
                leaders.put(group, address);
            }
        } catch (IOException e) {
            drop(leader);
            leaders.remove(group);
        }
        LockSupport.parkNanos(PAUSE_NANOS);
        return null;
    }

    private @Nullable WireConnection connection(String address) {
        WireConnection known = connections.get(address);
        if (known != null) {
            return known;
        }
        try {
            WireConnection opened = WireConnection.open(address, ANSWER_MILLIS);
            connections.put(address, opened);
            return opened;
        } catch (IOException e) {
            return null; // the node is down, or cut off
        }
    }

    private void drop(String address) {
        WireConnection broken = connections.remove(address);
        if (broken != null) {
            close(broken);
        }
    }

    private static void close(WireConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException("can't close a socket", e);
        }
    }

    @Override
    void ended() {
        connections.values().forEach(WireDriver::close);
        connections.clear();
    }
}
