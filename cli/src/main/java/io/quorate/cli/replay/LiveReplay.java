package io.quorate.cli.replay;

import io.quorate.cli.trace.TraceException;
import io.quorate.cli.trace.TraceReader;
import io.quorate.cli.trace.TraceRequest;
import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.PeekResult;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.Result;
import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.core.rule.RuleSet;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A trace sent to a cluster as it arrived, only faster.
 *
 * <p>Open loop: each request has an intended time, and its latency counts from there, whether or not it could be
 * sent then; so a slow cluster can't hide by slowing the sender down (coordinated omission). Results are reported
 * in the order of the trace. A request of cost 0 takes nothing: it peeks.
 *
 * <p>One thread sends and reports; the client's threads only note when an answer came.
 */
public final class LiveReplay {
    /** Longest single wait for an answer or an arrival, so that both are looked at. */
    private static final long PARK_NANOS_MAX = 1_000_000;

    private static final long LATENCY_MICROS_MAX = 3_600_000_000L;

    private final String namespace;
    private final TraceRules rules;
    private final QuorateClient client;
    private final DecisionListener listener;
    private final LongSupplier nanoClock;
    private final int inFlightMax;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private final Histogram latencyMicros = new Histogram(LATENCY_MICROS_MAX, 3);
    private final Thread sender = Thread.currentThread();
    private long answered;

    /**
     * Prepares to send; the rules must be applied already.
     *
     * @param inFlightMax requests sent and not reported yet, at most
     */
    public LiveReplay(
            RuleSet rules, QuorateClient client, DecisionListener listener, LongSupplier nanoClock, int inFlightMax) {
        this.namespace = rules.namespace();
        this.rules = new TraceRules(rules);
        this.rules.at(System.currentTimeMillis());
        this.client = client;
        this.listener = listener;
        this.nanoClock = nanoClock;
        this.inFlightMax = inFlightMax;
    }

    /**
     * How it went.
     *
     * @param latencyMicros of the requests that were decided, from their intended times; microseconds
     */
    public record Timing(Duration took, long answered, Histogram latencyMicros) {}

    /**
     * Sends the whole trace, {@code speed} times faster than it was recorded; must be called on the thread that
     * made this.
     *
     * @param prepare changes each request before it is sent
     * @param onProgress is called now and then
     */
    public Timing run(TraceReader trace, UnaryOperator<TraceRequest> prepare, double speed, Runnable onProgress)
            throws TraceException {
        long startNanos = nanoClock.getAsLong();
        long firstMillis = -1;
        long lastMillis = 0;
        for (TraceRequest request = trace.next(); request != null; request = trace.next()) {
            lastMillis = Math.max(lastMillis, request.timeMillis());
            firstMillis = firstMillis < 0 ? lastMillis : firstMillis;
            long dueNanos = startNanos + (long) ((lastMillis - firstMillis) * 1e6 / speed);
            awaitTurn(dueNanos);
            send(prepare.apply(request), dueNanos);
            onProgress.run();
        }
        while (!pending.isEmpty()) {
            if (!reportHead()) {
                LockSupport.parkNanos(this, PARK_NANOS_MAX);
            }
            onProgress.run();
        }
        return new Timing(Duration.ofNanos(nanoClock.getAsLong() - startNanos), answered, latencyMicros);
    }

    private void awaitTurn(long dueNanos) {
        while (true) {
            while (reportHead()) {
                // Reports all that is ready, in order.
            }
            long waitNanos = dueNanos - nanoClock.getAsLong();
            if (waitNanos <= 0 && pending.size() < inFlightMax) {
                return;
            }
            LockSupport.parkNanos(this, waitNanos <= 0 ? PARK_NANOS_MAX : Math.min(waitNanos, PARK_NANOS_MAX));
        }
    }

    private void send(TraceRequest request, long dueNanos) {
        List<Matched> matched;
        try {
            matched = rules.match(request.descriptor());
        } catch (IllegalArgumentException e) {
            pending.add(new Pending(request, List.of(), dueNanos, String.valueOf(e.getMessage())));
            return;
        }
        Pending sent = new Pending(request, matched, dueNanos, null);
        pending.add(sent);
        AcquireRequest acquire = new AcquireRequest(namespace, request.descriptor(), Math.max(1, request.cost()));
        CompletableFuture<?> answer = request.cost() == 0 ? client.peek(acquire) : client.acquireAsync(acquire);
        answer.whenComplete((value, failure) -> {
            sent.answerNanos = nanoClock.getAsLong();
            sent.failure = failure;
            sent.answer = value;
            sent.done = true;
            LockSupport.unpark(sender);
        });
    }

    /** Reports the oldest request if its answer is there. */
    private boolean reportHead() {
        Pending head = pending.peek();
        if (head == null || !head.done) {
            return false;
        }
        pending.remove();
        answered++;
        String refusal = head.refusal;
        if (refusal != null) {
            listener.refused(head.request, refusal);
        } else if (head.answer instanceof Result.Granted granted) {
            decided(head, granted.rules(), true);
        } else if (head.answer instanceof Result.Denied denied) {
            decided(head, denied.rules(), false);
        } else if (head.answer instanceof PeekResult.Known known) {
            peeked(head, known);
        } else if (head.answer instanceof Result.Unknown unknown) {
            listener.unknown(head.request, unknown.reason());
        } else if (head.answer instanceof PeekResult.Unknown unknown) {
            listener.unknown(head.request, unknown.reason());
        } else {
            listener.unknown(head.request, "the client failed: " + head.failure);
        }
        return true;
    }

    private void decided(Pending head, List<Result.RuleResult> results, boolean granted) {
        recordLatency(head);
        for (int i = 0; i < results.size(); i++) {
            Result.RuleResult result = results.get(i);
            RuleVerdict verdict = RuleVerdict.of(result.allowed(), granted, result.shadow());
            long retryAfterMillis = result.retryAfter().map(Duration::toMillis).orElse(-1L);
            listener.decided(
                    head.request,
                    matched(head.matched, i, result.rule()),
                    verdict,
                    result.remaining(),
                    retryAfterMillis);
        }
        listener.answered(head.request, results.size(), granted);
    }

    /** What a peek for one token says of a request that takes none: a token that was counted off is there. */
    private void peeked(Pending head, PeekResult.Known known) {
        recordLatency(head);
        List<Result.RuleResult> results = known.rules();
        for (int i = 0; i < results.size(); i++) {
            Result.RuleResult result = results.get(i);
            long remaining = result.remaining() + (known.allowed() && result.allowed() ? 1 : 0);
            listener.decided(head.request, matched(head.matched, i, result.rule()), RuleVerdict.ADMITTED, remaining, 0);
        }
        listener.answered(head.request, results.size(), true);
    }

    private void recordLatency(Pending head) {
        long micros = Math.max(0, (head.answerNanos - head.dueNanos) / 1_000);
        latencyMicros.recordValue(Math.min(micros, LATENCY_MICROS_MAX));
    }

    /** The match that a result is about; the cluster's rules may have been changed by somebody else meanwhile. */
    private static Matched matched(List<Matched> matched, int at, String rule) {
        if (at < matched.size() && matched.get(at).rule().rule().id().equals(rule)) {
            return matched.get(at);
        }
        Optional<Matched> other =
                matched.stream().filter(m -> m.rule().rule().id().equals(rule)).findFirst();
        return other.orElseThrow(() -> new IllegalStateException("the cluster decided by a rule '" + rule
                + "' that isn't in the rule file; somebody changed the namespace's rules during the replay"));
    }

    /** A request on its way. */
    private static final class Pending {
        private final TraceRequest request;
        private final List<Matched> matched;
        private final long dueNanos;
        private final @Nullable String refusal;
        private @Nullable Object answer;
        private @Nullable Throwable failure;
        private long answerNanos;
        // Written last by the client's thread and read first by the sender, so that it publishes the rest.
        private volatile boolean done;

        Pending(TraceRequest request, List<Matched> matched, long dueNanos, @Nullable String refusal) {
            this.request = request;
            this.matched = matched;
            this.dueNanos = dueNanos;
            this.refusal = refusal;
            this.done = refusal != null;
        }
    }
}
