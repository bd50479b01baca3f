package io.quorate.server;

import io.quorate.server.config.ServerConfig;
import java.util.Map;
import java.util.function.Consumer;

/** One running node. */
public final class QuorateServer implements AutoCloseable {

    /**
     * Starts a node and returns when its ports are bound and its groups are started (not yet: elected).
     *
     * @param onFatal called when the node can't go on (see {@code RaftNode}); the daemon exits with the message
     */
    public static QuorateServer start(ServerConfig config, Consumer<String> onFatal) {
        throw new UnsupportedOperationException(config.toString());
    }

    private QuorateServer() {}

    /** {@code host:port} of the native protocol as bound. */
    public String clientAddress() {
        throw new UnsupportedOperationException();
    }

    /** Group to known leader's node id, as this node sees it; groups without a leader are absent. */
    public Map<Integer, String> leaders() {
        throw new UnsupportedOperationException();
    }

    /** Hands leadership over, answers what is in flight, and stops; bounded by {@code shutdownMillisMax}. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }

    /** Stops without handing over, as a crash would, but releases what a process exit would release. */
    public void kill() {
        throw new UnsupportedOperationException();
    }
}
