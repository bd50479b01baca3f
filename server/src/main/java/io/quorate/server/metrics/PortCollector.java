package io.quorate.server.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.quorate.core.quota.Algorithm;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** What the client port counted, in the words of Prometheus. */
final class PortCollector implements MultiCollector {
    private final ServerMetrics metrics;
    private final LongSupplier rulesVersion;

    PortCollector(ServerMetrics metrics, LongSupplier rulesVersion) {
        this.metrics = metrics;
        this.rulesVersion = rulesVersion;
    }

    @Override
    public MetricSnapshots collect() {
        List<MetricSnapshot> all = new ArrayList<>();
        all.add(decisions());
        all.add(requests());
        all.add(failures());
        all.add(decideLatency());
        all.add(gauge(
                "quorate_in_flight",
                "Requests that aren't answered yet",
                metrics.inFlight().get()));
        all.add(gauge(
                "quorate_connections",
                "Open connections of clients",
                metrics.connections().get()));
        all.add(gauge("quorate_rules_version", "Rules by which this node decides", rulesVersion.getAsLong()));
        all.add(counter("quorate_connections_refused", "Connections over the bound", metrics.connectionsRefused()));
        all.add(counter(
                "quorate_connections_timed_out", "Connections closed for silence", metrics.connectionsTimedOut()));
        all.add(counter("quorate_frames_malformed", "Frames that were no messages", metrics.framesMalformed()));
        all.add(counter("quorate_reads_paused", "Times a client didn't read its answers", metrics.pauses()));
        all.add(counter(
                "quorate_matched_again", "Acquires matched by older rules than demanded", metrics.rulesMatchedAgain()));
        all.add(denials());
        all.add(renewals());
        all.add(leaseDenials());
        all.add(counter(
                "quorate_lease_recalls",
                "Clients told to return a counter's tokens",
                metrics.leases().recalls()));
        return new MetricSnapshots(all);
    }

    private CounterSnapshot decisions() {
        CounterSnapshot.Builder snapshot =
                CounterSnapshot.builder().name("quorate_decisions").help("Acquires decided, by namespace and verdict");
        metrics.decisionsByNamespace()
                .forEach((namespace, counts) -> snapshot.dataPoint(
                                point(Labels.of("namespace", namespace, "verdict", "allowed"), counts.allowed()))
                        .dataPoint(point(Labels.of("namespace", namespace, "verdict", "denied"), counts.denied())));
        return snapshot.build();
    }

    private CounterSnapshot denials() {
        CounterSnapshot.Builder snapshot = CounterSnapshot.builder()
                .name("quorate_denials")
                .help("Acquires denied, by cause and the kind of the first limit that denied");
        DenialCounts denials = metrics.denials();
        for (Algorithm algorithm : Algorithm.values()) {
            snapshot.dataPoint(point(
                            Labels.of("cause", "limit", "algorithm", algorithm.label()), denials.byLimit(algorithm)))
                    .dataPoint(point(
                            Labels.of("cause", "cost", "algorithm", algorithm.label()), denials.byCost(algorithm)));
        }
        return snapshot.dataPoint(
                        point(Labels.of("cause", "former_rules", "algorithm", "(unknown)"), denials.byFormerRules()))
                .build();
    }

    private CounterSnapshot renewals() {
        CounterSnapshot.Builder snapshot = CounterSnapshot.builder()
                .name("quorate_lease_renewals")
                .help("Renewals of leases answered, by outcome");
        for (RenewalOutcome outcome : RenewalOutcome.values()) {
            snapshot.dataPoint(point(
                    Labels.of("outcome", outcome.label()), metrics.leases().renewals(outcome)));
        }
        return snapshot.build();
    }

    private CounterSnapshot leaseDenials() {
        LeaseCounts leases = metrics.leases();
        return CounterSnapshot.builder()
                .name("quorate_lease_denied_tokens")
                .help("Tokens that leases were to have and had not, by cause")
                .dataPoint(point(Labels.of("cause", "policy"), leases.deniedByPolicy()))
                .dataPoint(point(Labels.of("cause", "limit"), leases.deniedByLimit()))
                .dataPoint(point(Labels.of("cause", "client"), leases.deniedByClients()))
                .build();
    }

    private CounterSnapshot requests() {
        CounterSnapshot.Builder snapshot =
                CounterSnapshot.builder().name("quorate_requests").help("Requests taken, by kind");
        for (Request.BodyCase kind : Request.BodyCase.values()) {
            snapshot.dataPoint(point(Labels.of("kind", kind.name().toLowerCase(Locale.ROOT)), metrics.requests(kind)));
        }
        return snapshot.build();
    }

    private CounterSnapshot failures() {
        CounterSnapshot.Builder snapshot =
                CounterSnapshot.builder().name("quorate_failures").help("Requests not answered but refused, by code");
        for (Code code : Code.values()) {
            snapshot.dataPoint(point(Labels.of("code", code.name().toLowerCase(Locale.ROOT)), metrics.failures(code)));
        }
        return snapshot.build();
    }

    private HistogramSnapshot decideLatency() {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        long[] counts = metrics.decideLatency().counts();
        for (int i = 0; i < counts.length; i++) {
            buckets.bucket(LatencyHistogram.upperSeconds(i), counts[i]);
        }
        return HistogramSnapshot.builder()
                .name("quorate_decide_seconds")
                .help("Time from an acquire's decoding until its answer is queued")
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(buckets.build())
                        .sum(metrics.decideLatency().sumSeconds())
                        .build())
                .build();
    }

    private static CounterDataPointSnapshot point(Labels labels, long value) {
        return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private static CounterSnapshot counter(String name, String help, long value) {
        return CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(point(Labels.EMPTY, value))
                .build();
    }

    private static GaugeSnapshot gauge(String name, String help, long value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
                .build();
    }
}
