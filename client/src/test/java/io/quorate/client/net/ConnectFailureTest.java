package io.quorate.client.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.QuorateClientBuilder;
import io.quorate.client.api.QuorateException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is said of a node that can't be connected to. */
class ConnectFailureTest {
    @Test
    void theAddressIsNamedOnce() throws IOException {
        String address;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = "127.0.0.1:" + taken.getLocalPort();
        }
        QuorateClientBuilder builder =
                QuorateClient.builder().leases(false).endpoints(address).requestTimeout(Duration.ofSeconds(2));
        assertThatThrownBy(builder::build)
                .isInstanceOf(QuorateException.class)
                .hasMessageEndingWith(": " + address + ": can't connect: Connection refused");
    }

    @Test
    void theReasonIsInWords() {
        assertThat(NettyLoop.reason(new IOException("Connection refused: localhost/127.0.0.1:7401")))
                .isEqualTo("Connection refused");
        assertThat(NettyLoop.reason(new IOException("connection timed out after 1000 ms: /[::1]:7401")))
                .isEqualTo("connection timed out after 1000 ms");
        assertThat(NettyLoop.reason(new UnknownHostException("nowhere"))).isEqualTo("no host has this name");
        assertThat(NettyLoop.reason(new IOException("no route: none"))).isEqualTo("no route: none");
    }
}
