package io.quorate.server.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.GroupLoad;
import io.quorate.raft.group.GroupStatus;
import io.quorate.raft.group.ReplicatedGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** How the groups of this node do, in the words of Prometheus: each group is asked once a scrape. */
final class GroupCollector implements MultiCollector {
    private final List<ReplicatedGroup> groups;
    private final Function<GroupId, GroupLoad> loads;

    GroupCollector(List<ReplicatedGroup> groups, Function<GroupId, GroupLoad> loads) {
        this.groups = List.copyOf(groups);
        this.loads = loads;
    }

    private record Seen(Labels labels, GroupStatus status, GroupLoad load) {}

    @Override
    public MetricSnapshots collect() {
        List<Seen> seen = new ArrayList<>();
        for (ReplicatedGroup group : groups) {
            seen.add(new Seen(
                    Labels.of("group", Integer.toString(group.id().value())), group.status(), loads.apply(group.id())));
        }
        List<MetricSnapshot> all = new ArrayList<>();
        all.add(gauge(
                seen, "leader", "1 if this node leads", s -> s.status.role().equals("leader") ? 1 : 0));
        all.add(gauge(
                seen, "broken", "1 if this replica halted", s -> s.status.role().equals("error") ? 1 : 0));
        all.add(gauge(
                seen,
                "leader_known",
                "1 if a leader is known",
                s -> s.status.leader().isPresent() ? 1 : 0));
        all.add(gauge(seen, "term", "Raft term", s -> s.status.term()));
        all.add(gauge(seen, "committed_index", "Last entry known to be committed", s -> s.status.committedIndex()));
        all.add(gauge(seen, "applied_index", "Last entry applied", s -> s.status.appliedIndex()));
        all.add(gauge(seen, "log_time_seconds", "Log time applied", s -> s.status.logTimeMillis() / 1e3));
        all.add(gauge(seen, "rules_version", "Rules fenced (data) or held (meta)", s -> s.status.rulesVersion()));
        all.add(gauge(seen, "counters", "Live counters", s -> s.status.counters()));
        all.add(gauge(seen, "sessions", "Open sessions", s -> s.status.sessions()));
        all.add(gauge(seen, "memory_bytes", "Memory of the state", s -> s.status.memoryBytes()));
        all.add(gauge(seen, "disk_bytes", "Disk of the state", s -> s.status.diskBytes()));
        all.add(gauge(seen, "queued_commands", "Commands waiting for an entry", s -> s.load.queuedCommands()));
        all.add(gauge(seen, "entries_in_flight", "Entries being replicated", s -> s.load.entriesInFlight()));
        all.add(counter(seen, "entries_proposed", "Entries appended here", s -> s.load.entriesProposed()));
        all.add(counter(seen, "commands_proposed", "Commands in entries", s -> s.load.commandsProposed()));
        all.add(counter(seen, "proposed_bytes", "Bytes of entries appended here", s -> s.load.bytesProposed()));
        all.add(counter(seen, "entries_applied", "Entries applied", s -> s.load.entriesApplied()));
        all.add(counter(seen, "commands_applied", "Commands applied", s -> s.load.commandsApplied()));
        all.add(counter(seen, "apply_seconds", "Time spent applying", s -> s.load.applyNanos() / 1e9));
        all.add(counter(seen, "commands_overloaded", "Commands refused", s -> s.load.commandsOverloaded()));
        all.addAll(leases(seen));
        return new MetricSnapshots(all);
    }

    private static List<MetricSnapshot> leases(List<Seen> seen) {
        List<Seen> leading =
                seen.stream().filter(s -> s.status.role().equals("leader")).toList();
        return List.of(
                gauge(
                        leading,
                        "lease_tokens_outstanding",
                        "Tokens that clients hold; told by the leader",
                        s -> s.status.leasedTokens()),
                counter(
                        seen,
                        "lease_tokens_granted",
                        "Tokens granted to leases, by entries appended here",
                        s -> s.load.leases().granted()),
                counter(
                        seen,
                        "lease_tokens_spent",
                        "Of those: reported as spent",
                        s -> s.load.leases().spent()),
                counter(
                        seen,
                        "lease_tokens_returned",
                        "Of those: given back unused",
                        s -> s.load.leases().returned()),
                counter(
                        seen,
                        "lease_tokens_expired",
                        "Of those: unreported when their lease ended",
                        s -> s.load.leases().expired()),
                counter(
                        seen,
                        "lease_tokens_superseded",
                        "Of those: unreported when their client opened another",
                        s -> s.load.leases().superseded()));
    }

    private static GaugeSnapshot gauge(List<Seen> seen, String name, String help, ToDoubleFunction<Seen> value) {
        GaugeSnapshot.Builder snapshot =
                GaugeSnapshot.builder().name("quorate_group_" + name).help(help);
        seen.forEach(one -> snapshot.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(one.labels)
                .value(value.applyAsDouble(one))
                .build()));
        return snapshot.build();
    }

    private static CounterSnapshot counter(List<Seen> seen, String name, String help, ToDoubleFunction<Seen> value) {
        CounterSnapshot.Builder snapshot =
                CounterSnapshot.builder().name("quorate_group_" + name).help(help);
        seen.forEach(one -> snapshot.dataPoint(CounterDataPointSnapshot.builder()
                .labels(one.labels)
                .value(value.applyAsDouble(one))
                .build()));
        return snapshot.build();
    }
}
