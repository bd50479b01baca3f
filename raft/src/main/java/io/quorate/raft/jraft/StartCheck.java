package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import io.quorate.core.quota.GroupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Looks, before a group joins its Raft, whether what is on disk can belong together. */
final class StartCheck {
    /** How JRaft names its snapshots, by the last entry that each includes. */
    private static final Pattern SNAPSHOT = Pattern.compile("snapshot_(\\d{1,18})");

    private final GroupId group;
    private final Path data;
    private final long snapshotIndex;

    /**
     * Checks of one group.
     *
     * @param data the node's data directory, to be named in messages
     * @param groupDirectory where the group's state and snapshots are
     */
    StartCheck(GroupId group, Path data, Path groupDirectory) {
        this.group = group;
        this.data = data;
        this.snapshotIndex = lastSnapshot(groupDirectory.resolve("snapshots"));
    }

    /**
     * Refuses a state that is ahead of log and snapshots. The entries that it has applied might be replaced by
     * others, and it would skip those, since it has applied their numbers.
     *
     * @throws IllegalStateException that says what to do
     */
    void stateIsCovered(long appliedIndex, long loggedIndex) {
        if (appliedIndex > Math.max(loggedIndex, snapshotIndex)) {
            throw new IllegalStateException("group " + group + " can't start: its state has entry " + appliedIndex
                    + " applied, but its log ends at entry " + loggedIndex + " and its last snapshot at "
                    + snapshotIndex + ": entries of the log were lost, as by a loss of power with raft.fsync off,"
                    + " and others may stand in their place by now. " + remedy(data));
        }
    }

    /** Refuses a log whose beginning was cut and isn't in a snapshot. */
    void logReachesBack(long firstIndex) {
        if (snapshotIndex < firstIndex - 1) {
            throw new IllegalStateException("group " + group + " can't start: its log begins at entry " + firstIndex
                    + ", but its last snapshot ends at " + snapshotIndex + ": the snapshot was lost. "
                    + remedy(data));
        }
    }

    /**
     * Refuses a topology whose addresses aren't those that the group was made with. The group would have no member
     * that is here, and elect nobody, without a word.
     */
    static void membersAreThoseOf(Peers topology, GroupId group, List<PeerId> members) {
        Set<PeerId> configured = topology.configuration().getPeerSet();
        if (!configured.equals(Set.copyOf(members))) {
            throw new IllegalStateException("group " + group
                    + " can't start: by its log and snapshots the Raft addresses"
                    + " of its members are " + sorted(members) + ", but those configured are " + sorted(configured)
                    + ". They can't be changed: configure the former, or, for a new cluster, begin with empty data"
                    + " directories on all nodes");
        }
    }

    private static List<String> sorted(Collection<PeerId> peers) {
        return peers.stream().map(PeerId::toString).sorted().toList();
    }

    /** What to do about a node whose data can't be used. */
    static String remedy(Path data) {
        return "While all other nodes are up, remove everything in " + data + " and start this node again, upon"
                + " which the leaders send it their state; or restore the whole directory as it was at one moment."
                + " See docs/operating.md";
    }

    private long lastSnapshot(Path snapshots) {
        if (!Files.isDirectory(snapshots)) {
            return 0;
        }
        long last = 0;
        for (String name : names(snapshots)) {
            Matcher matcher = SNAPSHOT.matcher(name);
            if (matcher.matches()) {
                last = Math.max(last, Long.parseLong(matcher.group(1)));
            }
        }
        return last;
    }

    private List<String> names(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName())).toList();
        } catch (IOException e) {
            throw new IllegalStateException("group " + group + " can't start: can't list " + directory + ": " + e, e);
        }
    }
}
