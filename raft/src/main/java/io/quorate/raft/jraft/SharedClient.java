package io.quorate.raft.jraft;

import com.alipay.remoting.Connection;
import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.impl.BoltRpcClient;
import com.alipay.sofa.jraft.util.Endpoint;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One client of the Raft port for all groups of a process: the first group's start starts it, and only
 * {@link #close} ends it. Thread-safe.
 */
final class SharedClient implements RpcClient, AutoCloseable {
    private final BoltRpcClient client;
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile boolean closed;

    SharedClient(BoltRpcClient client) {
        this.client = client;
    }

    /** Groups start one after the other; all with the same options. */
    @Override
    public boolean init(RpcOptions options) {
        return !started.compareAndSet(false, true) || client.init(options);
    }

    /** One group is down: the others go on. */
    @Override
    public void shutdown() {}

    /** From now on no peer can be reached. */
    @Override
    public void close() {
        closed = true;
        if (started.get()) {
            client.shutdown();
        }
    }

    @Override
    public boolean checkConnection(Endpoint endpoint) {
        return !closed && client.checkConnection(endpoint);
    }

    @Override
    public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
        if (closed) {
            return false;
        }
        if (createIfAbsent) {
            dropEnded(endpoint);
        }
        return client.checkConnection(endpoint, createIfAbsent);
    }

    /**
     * Bolt forgets a connection when it ends. But one that ends just as it is put where it is kept stays there, as
     * happens if a peer, or what stands before it, accepts connections and closes them at once; then bolt has one, so
     * it makes no other, and the peer is never reached again.
     */
    private void dropEnded(Endpoint endpoint) {
        if (client.checkConnection(endpoint)) {
            return;
        }
        List<Connection> kept =
                client.getRpcClient().getAllManagedConnections().getOrDefault(endpoint.toString(), List.of());
        if (!kept.isEmpty() && kept.stream().noneMatch(Connection::isFine)) {
            client.closeConnection(endpoint);
        }
    }

    private void checkOpen() throws RemotingException {
        if (closed) {
            throw new RemotingException("the connections to peers are closed");
        }
    }

    /**
     * Asked for by a group that has a problem with a peer; the connection is everyone's, and bolt closes it when
     * it is broken, so it stays.
     */
    @Override
    public void closeConnection(Endpoint endpoint) {}

    @Override
    public void registerConnectEventListener(ReplicatorGroup replicators) {
        client.registerConnectEventListener(replicators);
    }

    @Override
    public Object invokeSync(Endpoint endpoint, Object request, @Nullable InvokeContext context, long timeoutMillis)
            throws InterruptedException, RemotingException {
        checkOpen();
        return client.invokeSync(endpoint, request, context, timeoutMillis);
    }

    @Override
    public void invokeAsync(
            Endpoint endpoint,
            Object request,
            @Nullable InvokeContext context,
            InvokeCallback callback,
            long timeoutMillis)
            throws InterruptedException, RemotingException {
        checkOpen();
        client.invokeAsync(endpoint, request, context, callback, timeoutMillis);
    }
}
