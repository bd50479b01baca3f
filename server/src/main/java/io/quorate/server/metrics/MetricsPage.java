package io.quorate.server.metrics;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.GroupLoad;
import io.quorate.raft.group.ReplicatedGroup;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Everything that is measured, as a page for Prometheus to scrape. Thread-safe. */
public final class MetricsPage implements AutoCloseable {
    /** The page's content type. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();

    public MetricsPage(
            ServerMetrics server,
            LongSupplier rulesVersion,
            List<ReplicatedGroup> groups,
            Function<GroupId, GroupLoad> loads) {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
        registry.getPrometheusRegistry().register(new PortCollector(server, rulesVersion));
        registry.getPrometheusRegistry().register(new GroupCollector(groups, loads));
    }

    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
