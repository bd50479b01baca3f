package io.quorate.server.metrics;

import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Request;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the client port counts as it works. Thread-safe and cheap enough for every request. Nothing is
 * counted by quota key, and by namespace only for the first {@value #NAMESPACES_MAX}.
 */
public final class ServerMetrics {
    /** Most namespaces with counts of their own; what is beyond is counted under {@link #OTHER}. */
    public static final int NAMESPACES_MAX = 256;

    /** Stands for all namespaces beyond the bound; no namespace can have this name. */
    public static final String OTHER = "(other)";

    private final ConcurrentHashMap<String, DecisionCounts> decisions = new ConcurrentHashMap<>();
    private final DecisionCounts otherDecisions = new DecisionCounts();
    private final Map<Request.BodyCase, LongAdder> requests = adders(Request.BodyCase.class);
    private final Map<Code, LongAdder> failures = adders(Code.class);
    private final LatencyHistogram decideLatency = new LatencyHistogram();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder connectionsRefused = new LongAdder();
    private final LongAdder framesMalformed = new LongAdder();
    private final LongAdder connectionsTimedOut = new LongAdder();
    private final LongAdder pauses = new LongAdder();
    private final LongAdder rulesMatchedAgain = new LongAdder();
    private final LeaseCounts leases = new LeaseCounts();
    private final DenialCounts denials = new DenialCounts();

    /** An adder for each constant; never changed afterwards, so it can be read by any thread. */
    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
        Map<E, LongAdder> adders = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            adders.put(constant, new LongAdder());
        }
        return Collections.unmodifiableMap(adders);
    }

    private static <E extends Enum<E>> LongAdder adder(Map<E, LongAdder> adders, E constant) {
        return Objects.requireNonNull(adders.get(constant));
    }

    /** The counts of a namespace, to be kept by whoever decides for it. */
    public DecisionCounts decisions(String namespace) {
        DecisionCounts known = decisions.get(namespace);
        if (known != null) {
            return known;
        }
        if (decisions.size() >= NAMESPACES_MAX) {
            return otherDecisions;
        }
        return decisions.computeIfAbsent(namespace, name -> new DecisionCounts());
    }

    public void requested(Request.BodyCase kind) {
        adder(requests, kind).increment();
    }

    public void failed(Code code) {
        adder(failures, code).increment();
    }

    /** Time from an acquire's decoding until its answer is queued to be sent. */
    public LatencyHistogram decideLatency() {
        return decideLatency;
    }

    /** Connections that are open. */
    public AtomicInteger connections() {
        return connections;
    }

    /** Requests that aren't answered yet. */
    public AtomicInteger inFlight() {
        return inFlight;
    }

    public void connectionRefused() {
        connectionsRefused.increment();
    }

    public void frameMalformed() {
        framesMalformed.increment();
    }

    /** A connection was closed because it was silent, or too slow with its hello or a frame. */
    public void connectionTimedOut() {
        connectionsTimedOut.increment();
    }

    /** A connection isn't read for a while, because it doesn't read its answers. */
    public void paused() {
        pauses.increment();
    }

    /** What came of renewals. */
    public LeaseCounts leases() {
        return leases;
    }

    /** Why requests were denied. */
    public DenialCounts denials() {
        return denials;
    }

    /** An acquire had been matched by older rules than its group demands. */
    public void matchedAgain() {
        rulesMatchedAgain.increment();
    }

    Map<String, DecisionCounts> decisionsByNamespace() {
        Map<String, DecisionCounts> all = new TreeMap<>(decisions);
        all.put(OTHER, otherDecisions);
        return all;
    }

    long requests(Request.BodyCase kind) {
        return adder(requests, kind).sum();
    }

    /** How many requests were answered with this code. */
    public long failures(Code code) {
        return adder(failures, code).sum();
    }

    long connectionsRefused() {
        return connectionsRefused.sum();
    }

    long framesMalformed() {
        return framesMalformed.sum();
    }

    long connectionsTimedOut() {
        return connectionsTimedOut.sum();
    }

    long pauses() {
        return pauses.sum();
    }

    long rulesMatchedAgain() {
        return rulesMatchedAgain.sum();
    }
}
