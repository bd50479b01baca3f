package io.quorate.client.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.client.fake.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class QuorateClientBuilderTest extends FakeClusterTest {
    private static void refuses(Consumer<QuorateClientBuilder> setting, String message) {
        QuorateClientBuilder builder = QuorateClient.builder().endpoints("127.0.0.1:1");
        assertThatThrownBy(() -> {
                    setting.accept(builder);
                    builder.build();
                })
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesSettingsThatCannotBeRight() {
        refuses(b -> b.endpoints("nonsense"), "host:port");
        refuses(b -> b.name("n".repeat(65)), "64 bytes");
        refuses(b -> b.requestTimeout(Duration.ZERO), "request timeout");
        refuses(b -> b.requestTimeout(Duration.ofSeconds(-1)), "request timeout");
        refuses(b -> b.requestTimeout(Duration.ofDays(9999)), "request timeout");
        refuses(b -> b.inFlightMax(0), "in flight");
        refuses(b -> b.inFlightMax(Integer.MAX_VALUE), "in flight");
        assertThatThrownBy(() -> QuorateClient.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("endpoint");
    }

    private static void unavailable(QuorateClientBuilder builder, String message) {
        assertThatThrownBy(() -> builder.requestTimeout(Duration.ofMillis(500)).build())
                .isInstanceOfSatisfying(
                        QuorateException.class, e -> assertThat(e.kind()).isEqualTo(QuorateException.Kind.UNAVAILABLE))
                .hasMessageContaining(message);
    }

    @Test
    void saysWhyNoEndpointAnswers() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        unavailable(QuorateClient.builder().endpoints("127.0.0.1:" + closed), "127.0.0.1:" + closed);
        unavailable(QuorateClient.builder().endpoints(n1.address()).clusterId("other"), "this is cluster 'model'");
        n1.faults(request -> Fault.WRONG_BODY);
        unavailable(QuorateClient.builder().endpoints(n1.address()), "answered the handshake with DONE");
        n1.faults(request -> Fault.GARBAGE);
        unavailable(QuorateClient.builder().endpoints(n1.address()), "the connection failed");
    }

    @Test
    void oneEndpointThatAnswersIsEnough() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                QuorateClient client = QuorateClient.builder()
                        .endpoints("127.0.0.1:" + silent.getLocalPort(), n3.address())
                        .requestTimeout(PATIENCE)
                        .build()) {
            assertThat(client.tryAcquire(request("r"))).isInstanceOf(Result.Granted.class);
        }
    }
}
