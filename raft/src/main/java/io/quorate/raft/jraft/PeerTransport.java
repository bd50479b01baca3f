package io.quorate.raft.jraft;

import com.alipay.remoting.LifeCycleException;
import com.alipay.remoting.ProtocolCode;
import com.alipay.remoting.ProtocolManager;
import com.alipay.remoting.config.BoltClientOption;
import com.alipay.remoting.config.BoltServerOption;
import com.alipay.remoting.rpc.protocol.RpcCommandCode;
import com.alipay.remoting.rpc.protocol.RpcProtocol;
import com.alipay.remoting.rpc.protocol.RpcProtocolV2;
import com.alipay.remoting.rpc.protocol.RpcResponseProcessor;
import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.rpc.ProtobufMsgFactory;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.impl.BoltRpcClient;
import com.alipay.sofa.jraft.rpc.impl.BoltRpcServer;
import com.alipay.sofa.jraft.rpc.impl.PingRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.AppendEntriesRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.GetFileRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.ReadIndexRequestProcessor;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.RpcFactoryHelper;
import com.alipay.sofa.jraft.util.concurrent.DefaultFixedThreadsExecutorGroupFactory;
import com.alipay.sofa.jraft.util.concurrent.FixedThreadsExecutorGroup;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * This process's Raft port and its one connection to each peer, shared by all groups.
 *
 * <p>The port is bound to the node's own address, speaks Raft's messages only (nothing that changes members or
 * takes snapshots on request), and with certificates configured only to peers that show one of the same CA.
 */
final class PeerTransport implements AutoCloseable {
    private static final int QUEUED_MAX = 10_000;
    private static final int RAFT_THREADS = 4;
    private static final int FILE_THREADS = 2;
    private static final int APPEND_THREADS = 4;
    private static final int APPENDS_QUEUED_MAX = 16_384;

    private final Endpoint self;
    private final ThreadPoolExecutor raft;
    private final ThreadPoolExecutor files;
    private final ThreadPoolExecutor installs;
    private final FixedThreadsExecutorGroup appendExecutors;
    private final AppendEntriesRequestProcessor appends;
    private final BoltRpcServer server;
    private final SharedClient client;
    private final GuardedRequests guarded = new GuardedRequests();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Opens the port.
     *
     * @param groups how many groups may install a snapshot at once
     * @throws IllegalStateException that names the address if it can't be bound
     */
    PeerTransport(Endpoint self, Optional<PeerTls> tls, int groups) {
        installProcessWide();
        raft = pool("quorate-raft-rpc", RAFT_THREADS);
        files = pool("quorate-raft-files", FILE_THREADS);
        // JRaft holds a thread for as long as a snapshot is being installed; votes must not wait for it.
        installs = pool("quorate-raft-install", groups);
        appendExecutors = DefaultFixedThreadsExecutorGroupFactory.INSTANCE.newExecutorGroup(
                APPEND_THREADS, "quorate-raft-append", APPENDS_QUEUED_MAX, true);
        appends = guarded.appends(raft);
        client = openClient(tls);
        server = openServer(self, tls);
        // Only now: bolt makes its protocols when it makes its first server.
        dispatchAnswersOnEventLoop();
        this.self = self;
        NodeManager.getInstance().addAddress(self);
    }

    /** What JRaft and bolt keep per process and not per server or client. Repeats change nothing. */
    private static void installProcessWide() {
        LibraryNoise.silence();
        ProtobufMsgFactory.load();
        RpcFactoryHelper.rpcFactory().ensurePipeline();
        ErrorTextSerializer.install();
    }

    /**
     * Lets answers be dispatched where they arrive, in this process. An answer only looks up who waits for it, and
     * is handed to that one's executor: bolt's pool between would be one more thread to wake for each.
     */
    private static void dispatchAnswersOnEventLoop() {
        RpcResponseProcessor onEventLoop = new RpcResponseProcessor(new CallerRuns());
        for (byte protocol : new byte[] {RpcProtocol.PROTOCOL_CODE, RpcProtocolV2.PROTOCOL_CODE}) {
            ProtocolManager.getProtocol(ProtocolCode.fromBytes(protocol))
                    .getCommandHandler()
                    .registerProcessor(RpcCommandCode.RPC_RESPONSE, onEventLoop);
        }
    }

    private static SharedClient openClient(Optional<PeerTls> tls) {
        com.alipay.remoting.rpc.RpcClient bolt = new com.alipay.remoting.rpc.RpcClient();
        tls.ifPresent(t -> bolt.option(BoltClientOption.EXTENDED_NETTY_CHANNEL_HANDLER, t.clientHandlers()));
        return new SharedClient(new BoltRpcClient(bolt));
    }

    private BoltRpcServer openServer(Endpoint self, Optional<PeerTls> tls) {
        com.alipay.remoting.rpc.RpcServer bolt =
                new com.alipay.remoting.rpc.RpcServer(self.getIp(), self.getPort(), true);
        tls.ifPresent(t -> bolt.option(BoltServerOption.EXTENDED_NETTY_CHANNEL_HANDLER, t.serverHandlers()));
        BoltRpcServer opened = new BoltRpcServer(bolt);
        opened.registerConnectionClosedEventListener(appends);
        opened.registerProcessor(appends);
        opened.registerProcessor(guarded.votes(raft));
        opened.registerProcessor(guarded.timeouts(raft));
        opened.registerProcessor(new ReadIndexRequestProcessor(raft));
        opened.registerProcessor(new PingRequestProcessor(raft));
        opened.registerProcessor(new GetFileRequestProcessor(files));
        opened.registerProcessor(guarded.installs(installs));
        try {
            if (!opened.init(null)) {
                throw new IllegalStateException("can't open the Raft port " + self);
            }
        } catch (LifeCycleException | IllegalStateException e) {
            close(List.of(raft, files, installs));
            client.close();
            throw new IllegalStateException("can't open the Raft port " + self + ": " + e.getMessage(), e);
        }
        return opened;
    }

    private static ThreadPoolExecutor pool(String name, int threads) {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUED_MAX), task -> {
                    Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** The client for every group; those that close it don't close it for others. */
    RpcClient client() {
        return client;
    }

    /** Where groups say which requests they can't take yet. */
    GuardedRequests guarded() {
        return guarded;
    }

    FixedThreadsExecutorGroup appendExecutors() {
        return appendExecutors;
    }

    /** Closes port and connections. To be called when all groups are down. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        NodeManager.getInstance().removeAddress(self);
        server.shutdown();
        appends.destroy();
        client.close();
        appendExecutors.shutdownGracefully();
        close(List.of(raft, files, installs));
    }

    private static void close(List<ThreadPoolExecutor> pools) {
        for (ThreadPoolExecutor pool : pools) {
            pool.shutdownNow();
        }
    }

    /** Runs a task where it is handed over. */
    private static final class CallerRuns extends AbstractExecutorService {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }
    }
}
