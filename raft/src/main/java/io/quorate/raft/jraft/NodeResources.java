package io.quorate.raft.jraft;

import io.quorate.raft.placement.Topology;
import io.quorate.storage.rocks.RocksLibrary;
import io.quorate.storage.rocks.RocksResources;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all groups of a process share: data directory, log, Raft port, the stores' memory, a thread for snapshots. */
final class NodeResources implements AutoCloseable {
    private static final long SEAL_SECONDS_MAX = 5;
    private static final Logger LOG = LoggerFactory.getLogger(NodeResources.class);

    private final Peers peers;
    private final DataDirectory directory;
    private final SharedLog log;
    private final PeerTransport transport;
    private final RocksResources stores = RocksResources.shipped();
    private final LeadershipChanges leadership = new LeadershipChanges();
    private final ExecutorService snapshots = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "quorate-snapshot");
        thread.setDaemon(true);
        return thread;
    });

    private NodeResources(Peers peers, DataDirectory directory, SharedLog log, PeerTransport transport) {
        this.peers = peers;
        this.directory = directory;
        this.log = log;
        this.transport = transport;
    }

    /** Opens all, or none and throws what is wrong with the first that can't be opened. */
    static NodeResources open(RaftSettings settings) {
        Topology topology = settings.topology();
        Peers peers = new Peers(topology);
        peers.peer(settings.self());
        DataDirectory directory = DataDirectory.take(settings.dataDirectory(), topology.clusterId(), settings.self());
        SharedLog log = null;
        try {
            // Kept with the data: a process that is killed would leave a copy among the temporary files each time.
            RocksLibrary.load(directory.nativeLibrary());
            log = SharedLog.open(directory.log(), settings.fsync(), null);
            PeerTransport transport = new PeerTransport(
                    peers.peer(settings.self()).getEndpoint(),
                    settings.tls().map(PeerTls::new),
                    topology.dataGroups() + 1);
            return new NodeResources(peers, directory, log, transport);
        } catch (RuntimeException e) {
            if (log != null) {
                log.close();
            }
            directory.close();
            throw e;
        }
    }

    Peers peers() {
        return peers;
    }

    DataDirectory directory() {
        return directory;
    }

    SharedLog log() {
        return log;
    }

    PeerTransport transport() {
        return transport;
    }

    RocksResources stores() {
        return stores;
    }

    LeadershipChanges leadership() {
        return leadership;
    }

    ExecutorService snapshots() {
        return snapshots;
    }

    /** What is being sealed is given a while, since it is of use at the next start; it touches nothing else. */
    private void endSnapshots() {
        snapshots.shutdown();
        try {
            if (!snapshots.awaitTermination(SEAL_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("A snapshot isn't sealed within {} s and is left unfinished", SEAL_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** To be called when all groups are down. */
    @Override
    public void close() {
        endSnapshots();
        transport.close();
        stores.close();
        log.close();
        directory.close();
    }
}
