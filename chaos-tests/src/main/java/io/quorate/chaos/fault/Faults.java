package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.Substrate;
import io.quorate.raft.group.Failpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All kinds of faults from outside, those in the code, and which of them a substrate can have. */
public final class Faults {
    private Faults() {}

    /** Every kind, some of them in several forms. */
    public static List<Fault> all() {
        List<Fault> all = new ArrayList<>();
        Stream.of(Victims.LEADER, Victims.FOLLOWER, Victims.ALL)
                .map(KillFault::new)
                .forEach(all::add);
        all.add(new PauseFault("pause-leader", Victims.LEADER, 100, 1_500));
        all.add(new PauseFault("pause-minority", Victims.MINORITY, 100, 1_500));
        all.add(new PauseFault("pause-majority", Victims.MAJORITY, 100, 2_500));
        all.add(new PauseFault("pause-beyond-lease", Victims.LEADER, 4_500, 5_500));
        Stream.of(PartitionFault.Shape.values()).map(PartitionFault::new).forEach(all::add);
        all.add(new FlappingFault());
        Stream.of(LinkFault.Kind.values()).map(LinkFault::new).forEach(all::add);
        all.add(new ClockFault(false));
        all.add(new ClockFault(true));
        Stream.of(DiskFault.Kind.values()).map(DiskFault::new).forEach(all::add);
        Stream.of(Victims.LEADER, Victims.MAJORITY, Victims.ALL)
                .map(PowerLossFault::new)
                .forEach(all::add);
        for (DataFiles.Kind kind : DataFiles.Kind.values()) {
            all.add(new CorruptionFault(kind, false));
            all.add(new CorruptionFault(kind, true));
        }
        all.add(new WipeFault());
        all.add(new TransferStorm());
        all.add(new RollingRestart());
        all.add(new SnapshotKills());
        Stream.of(ClientFault.Kind.values()).map(ClientFault::new).forEach(all::add);
        return List.copyOf(all);
    }

    /** Those of these kinds, in this order. */
    public static List<Fault> of(String... kinds) {
        return Stream.of(kinds)
                .map(kind -> all().stream()
                        .filter(fault -> fault.kind().equals(kind))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("no fault is called " + kind)))
                .toList();
    }

    /** A node that fails at each of the places in its code that are prepared for it. */
    public static List<Fault> failpoints() {
        return Stream.of(Failpoint.values()).<Fault>map(FailpointFault::new).toList();
    }

    /** Why a fault can't be had; empty if it can. */
    public static Optional<String> lacking(Fault fault, Substrate substrate, Optional<ClientSide> clients) {
        if (substrate.nodes().size() < fault.nodesMin()) {
            return Optional.of("needs " + fault.nodesMin() + " nodes");
        }
        if (fault.company() == Fault.Company.CLIENTS && clients.isEmpty()) {
            return Optional.of("no client processes");
        }
        return fault.needs().stream().flatMap(a -> substrate.lacks(a).stream()).findFirst();
    }
}
