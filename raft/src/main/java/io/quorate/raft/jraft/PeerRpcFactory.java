package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.rpc.impl.BoltRaftRpcFactory;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.SPI;

/**
 * Gives every group of a process the process's one connection to each peer.
 *
 * <p>JRaft finds this class by its name in {@code META-INF/services} and keeps one instance for the life of the
 * process; which transport is whose comes with the options of the group ({@link GroupOptions}), so several nodes
 * with certificates of their own can live in one JVM.
 */
@SPI(name = "quorate", priority = 100)
public final class PeerRpcFactory extends BoltRaftRpcFactory {
    /** For JRaft's service loader. */
    public PeerRpcFactory() {}

    @Override
    public ConfigHelper<RpcClient> defaultJRaftClientConfigHelper(RpcOptions options) {
        if (options instanceof GroupOptions own) {
            return new Chosen(own.transport().client());
        }
        throw new IllegalStateException("groups are started by RaftNode only");
    }

    @Override
    public RpcClient createRpcClient(ConfigHelper<RpcClient> helper) {
        if (helper instanceof Chosen chosen) {
            return chosen.client;
        }
        throw new IllegalStateException("groups are started by RaftNode only");
    }

    @Override
    public RpcServer createRpcServer(Endpoint endpoint, ConfigHelper<RpcServer> helper) {
        throw new IllegalStateException("the Raft port is opened by RaftNode only");
    }

    /** Not a way to configure a client, but which one to take. */
    private static final class Chosen implements ConfigHelper<RpcClient> {
        private final RpcClient client;

        Chosen(RpcClient client) {
            this.client = client;
        }

        @Override
        public void config(RpcClient instance) {}
    }
}
