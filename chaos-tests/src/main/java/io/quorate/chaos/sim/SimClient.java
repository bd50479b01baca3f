package io.quorate.chaos.sim;

import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.SteppedClient;
import io.quorate.client.lease.LeaseSettings;
import io.quorate.client.route.Call;
import io.quorate.client.route.ClientLoop;
import io.quorate.client.route.NanoClock;
import io.quorate.client.route.Router;
import io.quorate.client.route.RouterSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A client process: the product's client over a loop that the agenda steps. */
final class SimClient extends SimProcess implements ClientLoop {
    private static final int IN_FLIGHT_MAX = 256;

    final int number;
    private final Map<String, Integer> nodesByAddress = new HashMap<>();
    private final Queue<Call> submitted = new ArrayDeque<>();
    private @Nullable Router router;
    private @Nullable QuorateClient client;
    private boolean drainComing;
    private ClientBook book;
    private int connections;

    SimClient(World world, SimClock clock, int place, int number) {
        super(world, clock, place);
        this.number = number;
        this.book = new ClientBook(name());
        for (int i = 0; i < world.swarm.nodes; i++) {
            nodesByAddress.put(SimNode.address(i), i);
        }
    }

    String name() {
        return number < 0 ? "administrator" : "client-" + number;
    }

    /** Starts the process; {@code then} runs in it once it has learned the topology. */
    void boot(Runnable then) {
        begin();
        book = new ClientBook(name() + "/" + life());
        world.books.add(book);
        submitted.clear();
        drainComing = false;
        client = null;
        List<String> endpoints = new ArrayList<>();
        for (int i = 0; i < world.swarm.nodes; i++) {
            endpoints.add(SimNode.address(i));
        }
        Duration timeout = Duration.ofMillis(world.swarm.requestTimeoutMillis);
        RouterSettings settings = RouterSettings.of(endpoints, "", name(), IN_FLIGHT_MAX, timeout.toNanos());
        Router its = new Router(
                settings,
                (address, events) -> {
                    Integer node = nodesByAddress.get(address);
                    if (node == null) {
                        throw new IllegalStateException("nobody is at " + address);
                    }
                    return new SimConnection(
                            world, this, world.nodes.get(node), events, place * 100_000 + connections++);
                },
                clock::monoNanos,
                this::tickAfter,
                world.random.split());
        router = its;
        post(
                0,
                Step.LOOP,
                () -> its.start(() -> {
                    client = SteppedClient.over(
                            this,
                            timeout,
                            Optional.of(LeaseSettings.standard().withClockPeriodNanos(world.swarm.clockPeriodNanos)));
                    then.run();
                }));
    }

    /** The process dies without a word. */
    void die() {
        end();
        router = null;
        client = null;
    }

    ClientBook book() {
        return book;
    }

    /** The client; null as long as it hasn't learned the topology. */
    @Nullable
    QuorateClient client() {
        return client;
    }

    private void tickAfter(long nanos) {
        Router its = router();
        post(nanos, Step.TIMER, its::tick);
    }

    void burstOver() {
        router().flush();
    }

    @Override
    public Router router() {
        Router its = router;
        if (its == null) {
            throw new IllegalStateException("the process is dead");
        }
        return its;
    }

    @Override
    public int inFlightMax() {
        return IN_FLIGHT_MAX;
    }

    @Override
    public NanoClock clock() {
        return clock::monoNanos;
    }

    @Override
    public long wallMillis() {
        return clock.wallMillis();
    }

    @Override
    public RandomGenerator newRandom() {
        return world.random.split();
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        executeAfter(0, task);
    }

    @Override
    public boolean tryExecute(Runnable task) {
        execute(task);
        return true;
    }

    @Override
    public void executeAfter(long nanos, Runnable task) {
        post(nanos, nanos == 0 ? Step.LOOP : Step.TIMER, () -> {
            task.run();
            router().flush();
        });
    }

    @Override
    public void submit(Call call) {
        submitted.add(call);
        if (!drainComing) {
            drainComing = true;
            execute(() -> {
                drainComing = false;
                for (Call next = submitted.poll(); next != null; next = submitted.poll()) {
                    router().submit(next);
                }
            });
        }
    }

    @Override
    public void close() {
        router().close();
    }
}
