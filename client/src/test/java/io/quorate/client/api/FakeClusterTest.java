package io.quorate.client.api;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.quorate.client.fake.ClusterModel;
import io.quorate.client.fake.FakeNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** What tests against three fake nodes share: {@code n2} leads all groups at first. */
abstract class FakeClusterTest {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final MultiThreadIoEventLoopGroup threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    final ClusterModel model = new ClusterModel(4);
    final FakeNode n1 = new FakeNode("n1", model, threads);
    final FakeNode n2 = new FakeNode("n2", model, threads);
    final FakeNode n3 = new FakeNode("n3", model, threads);
    final List<FakeNode> nodes = List.of(n1, n2, n3);

    FakeClusterTest() {
        model.leadAll("n2");
        model.addNamespace("shop", "");
        model.addNamespace("spread", "client");
    }

    @AfterEach
    void stopNodes() {
        nodes.forEach(FakeNode::close);
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    QuorateClient client() {
        return client(PATIENCE);
    }

    QuorateClient client(Duration requestTimeout) {
        return QuorateClient.builder()
                .leases(false)
                .endpoints(n1.address(), n3.address())
                .name("test")
                .clusterId(ClusterModel.CLUSTER)
                .requestTimeout(requestTimeout)
                .build();
    }

    static AcquireRequest request(String name) {
        return AcquireRequest.of("shop", ClusterModel.REQUEST, name);
    }
}
