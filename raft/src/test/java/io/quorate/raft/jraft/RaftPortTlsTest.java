package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.raft.jraft.RaftSettings.RaftTls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RaftPortTlsTest {
    @TempDir
    static Path root;

    private static TestCertificates own;
    private static TestCertificates foreign;
    private static TestCluster cluster;
    private static InetSocketAddress port;

    @BeforeAll
    static void start() throws Exception {
        own = new TestCertificates(root, "own");
        foreign = new TestCertificates(root, "foreign");
        foreign.issue("stranger");
        // Each node its own certificate, all in one JVM.
        Map<String, RaftTls> certificates = Map.of("n1", own.issue("n1"), "n2", own.issue("n2"), "n3", own.issue("n3"));
        cluster = new TestCluster(
                root,
                1,
                s -> TestSettings.withTls(
                        s, Optional.of(certificates.get(s.self().value()))));
        cluster.startAll();
        String address = cluster.settings(cluster.ids().get(0))
                .topology()
                .members()
                .get(0)
                .raftAddress();
        port = new InetSocketAddress("127.0.0.1", Integer.parseInt(address.substring(address.indexOf(':') + 1)));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** Whether the port keeps a client that shows these certificates: it waits for a message, and hears no alert. */
    private static boolean accepted(SSLContext context, String protocol) throws IOException {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.connect(port, 10_000);
            socket.setSoTimeout(2_000);
            try {
                socket.startHandshake();
                // In TLS 1.3 a client hears only after its handshake what the server thinks of its certificate.
                return socket.getInputStream().read() >= 0;
            } catch (SocketTimeoutException e) {
                return true;
            } catch (SSLException | SocketException e) {
                return false;
            }
        }
    }

    @Test
    void peersOfTheSameAuthorityElectALeader() {
        assertThat(cluster.ids()).contains(cluster.awaitLeader(0));
        assertThat(cluster.ids()).contains(cluster.awaitLeader(1));
    }

    @Test
    void acceptsACertificateOfTheAuthority() throws Exception {
        assertThat(accepted(own.client("n2", own), "TLSv1.3")).isTrue();
    }

    @Test
    void refusesNoCertificate() throws Exception {
        assertThat(accepted(own.client("", own), "TLSv1.3")).isFalse();
    }

    @Test
    void refusesAForeignAuthority() throws Exception {
        assertThat(accepted(foreign.client("stranger", own), "TLSv1.3")).isFalse();
    }

    @Test
    void refusesOlderProtocols() throws Exception {
        assertThat(accepted(own.client("n2", own), "TLSv1.2")).isFalse();
    }

    @Test
    void aClientRefusesAForeignServer() throws Exception {
        assertThat(accepted(foreign.client("stranger", foreign), "TLSv1.3")).isFalse();
    }

    @Test
    void refusesPlainText() throws Exception {
        try (Socket socket = new Socket()) {
            socket.connect(port, 10_000);
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(RaftPortTest.frame("com.example.Any", 1, new byte[10]));
            InputStream in = socket.getInputStream();
            byte[] answer;
            try {
                answer = in.readAllBytes();
            } catch (SocketException e) {
                answer = new byte[0];
            }
            // At most an alert of TLS, which begins with 21; never a frame, which begins with 1 or 2.
            assertThat(answer.length == 0 || answer[0] == 21).isTrue();
        }
    }

    @Test
    void namesTheFileThatCannotBeUsed() throws Exception {
        RaftTls good = own.issue("n4");
        Path absent = root.resolve("absent.pem");
        assertThatThrownBy(() -> new PeerTls(new RaftTls(absent, good.privateKey(), good.trustedCertificates())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("certificate chain")
                .hasMessageContaining(absent.toString());
        Path wrong = Files.writeString(root.resolve("wrong.pem"), "not a key");
        assertThatThrownBy(() -> new PeerTls(new RaftTls(good.certificateChain(), wrong, good.trustedCertificates())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(wrong.toString())
                .hasMessageContaining("PKCS #8");
        assertThatThrownBy(() -> new PeerTls(new RaftTls(good.certificateChain(), good.privateKey(), wrong)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(wrong.toString());
    }
}
