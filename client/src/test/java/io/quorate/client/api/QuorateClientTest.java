package io.quorate.client.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.quorate.client.fake.ClusterModel;
import io.quorate.client.fake.FakeNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against nodes that do as they should. */
class QuorateClientTest {
    private final MultiThreadIoEventLoopGroup threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ClusterModel model = new ClusterModel(4);
    private FakeNode n1;
    private FakeNode n2;
    private FakeNode n3;

    @BeforeEach
    void start() {
        n1 = new FakeNode("n1", model, threads);
        n2 = new FakeNode("n2", model, threads);
        n3 = new FakeNode("n3", model, threads);
        model.leadAll("n2");
        model.addNamespace("shop", "");
        model.addNamespace("spread", "client");
    }

    @AfterEach
    void stop() {
        n1.close();
        n2.close();
        n3.close();
        threads.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS);
    }

    private QuorateClient client() {
        return QuorateClient.builder()
                .endpoints(n1.address())
                .name("test")
                .requestTimeout(Duration.ofSeconds(20))
                .build();
    }

    @Test
    void grantsWithWhatTheRulesSaid() {
        model.capacity(10, 7);
        try (QuorateClient client = client()) {
            Result result =
                    client.tryAcquire(AcquireRequest.of("shop", "client", "42").withCost(3));
            assertThat(result).isInstanceOf(Result.Granted.class);
            Result.Granted granted = (Result.Granted) result;
            assertThat(granted.remaining()).contains(7L);
            assertThat(granted.receipt().cost()).isEqualTo(3);
            Result denied =
                    client.tryAcquire(AcquireRequest.of("shop", "client", "42").withCost(8));
            assertThat(((Result.Denied) denied).retryAfter()).contains(Duration.ofMillis(7));
            assertThat(model.used("shop")).isEqualTo(3);
        }
    }

    @Test
    void refusesANamespaceThatDoesNotExist() {
        try (QuorateClient client = client()) {
            assertThatThrownBy(() -> client.tryAcquire(AcquireRequest.of("nowhere")))
                    .isInstanceOf(QuorateException.class)
                    .hasMessageContaining("nowhere");
        }
    }
}
