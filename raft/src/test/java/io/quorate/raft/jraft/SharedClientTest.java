package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.alipay.remoting.Connection;
import com.alipay.remoting.ConnectionEventType;
import com.alipay.remoting.rpc.RpcClient;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.impl.BoltRpcClient;
import com.alipay.sofa.jraft.util.Endpoint;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Whatever became of earlier connections, a peer that listens is reached. */
final class SharedClientTest {
    @Test
    void aConnectionThatEndedBeforeItWasKeptIsNotTakenForOne() throws Exception {
        RpcClient bolt = new RpcClient();
        try (ServerSocket peer = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
                SharedClient client = new SharedClient(new BoltRpcClient(bolt))) {
            client.init(new RpcOptions());
            Endpoint endpoint = new Endpoint("127.0.0.1", peer.getLocalPort());
            Connection ended = ended(bolt, endpoint);
            bolt.getConnectionManager().add(ended, endpoint.toString());
            assertThat(client.checkConnection(endpoint)).isFalse();
            await().atMost(Duration.ofSeconds(30)).until(() -> client.checkConnection(endpoint, true));
        }
    }

    /** One that bolt has forgotten already, as it does when it is told of the end. */
    private static Connection ended(RpcClient bolt, Endpoint endpoint) throws Exception {
        CountDownLatch forgotten = new CountDownLatch(1);
        bolt.addConnectionEventProcessor(ConnectionEventType.CLOSE, (address, connection) -> forgotten.countDown());
        Connection connection = bolt.createStandaloneConnection(endpoint.toString(), 5_000);
        connection.getChannel().close();
        assertThat(forgotten.await(30, TimeUnit.SECONDS)).isTrue();
        return connection;
    }
}
