package io.quorate.chaos.substrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A proxied link: whole when clean, silent when blocked, and whole again, with every byte, when healed. */
@Timeout(60)
final class FaultProxyTest {
    private static final Link FORTH = new Link("a", "b");

    private ServerSocket target;
    private ProxyNetwork network;
    private InetSocketAddress entrance;

    @BeforeEach
    void lay() throws IOException {
        target = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        Thread echo = new Thread(this::echo, "echo");
        echo.setDaemon(true);
        echo.start();
        network = new ProxyNetwork();
        entrance = new InetSocketAddress("127.77.9.1", target.getLocalPort());
        network.lay(FORTH, entrance, new InetSocketAddress("127.0.0.1", target.getLocalPort()));
    }

    @AfterEach
    void close() throws IOException {
        network.close();
        target.close();
    }

    private void echo() {
        while (!target.isClosed()) {
            try {
                Socket socket = target.accept();
                Thread pump = new Thread(
                        () -> {
                            try (socket) {
                                socket.getInputStream().transferTo(socket.getOutputStream());
                            } catch (IOException e) {
                                // the other end is gone
                            }
                        },
                        "echo-connection");
                pump.setDaemon(true);
                pump.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    @Test
    void everyByteComesBackInOrderWhateverIsLateOrLost() throws IOException {
        network.set(Map.of(FORTH, LinkState.late(5, 5), FORTH.reversed(), LinkState.losing(2)));
        byte[] sent = new byte[200_000];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) (i * 31 + i / 256);
        }
        try (Socket socket = dial()) {
            Thread writer = new Thread(() -> write(socket, sent), "writer");
            writer.start();
            assertThat(socket.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
        }
    }

    @Test
    void aBlockedDirectionIsSilentAndItsBytesArriveWhenItIsHealed() throws IOException {
        for (Link blocked : new Link[] {FORTH, FORTH.reversed()}) {
            try (Socket socket = dial()) {
                write(socket, "before".getBytes(StandardCharsets.UTF_8));
                assertThat(read(socket, 6)).isEqualTo("before");
                network.set(Map.of(blocked, LinkState.BLOCKED));
                write(socket, "during".getBytes(StandardCharsets.UTF_8));
                socket.setSoTimeout(200);
                assertThatThrownBy(() -> read(socket, 6)).as("%s", blocked).isInstanceOf(SocketTimeoutException.class);
                socket.setSoTimeout(0);
                network.heal();
                assertThat(read(socket, 6)).isEqualTo("during");
            }
        }
    }

    @Test
    void aTargetThatIsDownEndsTheConnection() throws IOException {
        target.close();
        try (Socket socket = dial()) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void packetsCantBeSentTwiceAndNothingIsChangedWhenThatIsAsked() {
        network.set(Map.of(FORTH, LinkState.BLOCKED));
        assertThatThrownBy(() -> network.set(Map.of(FORTH, LinkState.duplicating(10))))
                .isInstanceOf(UnsupportedOperationException.class);
        await().untilAsserted(() -> {
            try (Socket socket = dial()) {
                socket.setSoTimeout(100);
                write(socket, new byte[1]);
                assertThatThrownBy(() -> read(socket, 1)).isInstanceOf(SocketTimeoutException.class);
            }
        });
    }

    private Socket dial() throws IOException {
        Socket socket = new Socket();
        socket.connect(entrance, 5_000);
        return socket;
    }

    private static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(Socket socket, int bytes) throws IOException {
        InputStream in = socket.getInputStream();
        return new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
    }
}
