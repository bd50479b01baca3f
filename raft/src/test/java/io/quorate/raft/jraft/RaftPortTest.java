package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.remoting.exception.CodecException;
import com.alipay.remoting.rpc.exception.RpcServerException;
import com.alipay.remoting.serialization.Serializer;
import com.alipay.remoting.serialization.SerializerManager;
import com.alipay.sofa.jraft.rpc.CliRequests.GetPeersRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.PingRequest;
import com.alipay.sofa.jraft.util.Endpoint;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RaftPortTest {
    private static final int HESSIAN = 1;
    private static final int STATUS_SUCCESS = 0;

    private int port;
    private PeerTransport transport;

    @BeforeEach
    void open() {
        port = TestCluster.freePorts(1).get(0);
        transport = new PeerTransport(new Endpoint("127.0.0.1", port), Optional.empty(), 1);
    }

    @AfterEach
    void close() {
        transport.close();
    }

    /** A request of bolt's protocol, of any class, with any serializer. */
    static byte[] frame(String className, int serializer, byte[] content) {
        byte[] name = className.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(24 + name.length + content.length)
                .put((byte) 2) // protocol
                .put((byte) 1) // its version
                .put((byte) 1) // request
                .putShort((short) 1) // an RPC
                .put((byte) 1) // version of the command
                .putInt(77) // id
                .put((byte) serializer)
                .put((byte) 0) // no CRC
                .putInt(5000) // timeout
                .putShort((short) name.length)
                .putShort((short) 0) // no header
                .putInt(content.length)
                .put(name)
                .put(content)
                .array();
    }

    private record Answer(int status, String className, byte[] content) {
        String text() {
            return new String(content, StandardCharsets.UTF_8);
        }
    }

    private Answer ask(byte[] frame) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 10_000);
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(frame);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            assertThat(in.readNBytes(6)).startsWith(2, 1, 0);
            assertThat(in.readInt()).isEqualTo(77);
            in.skipBytes(2);
            int status = in.readShort();
            int nameLength = in.readShort();
            int headerLength = in.readShort();
            int contentLength = in.readInt();
            String name = new String(in.readNBytes(nameLength), StandardCharsets.UTF_8);
            in.skipBytes(headerLength);
            return new Answer(status, name, in.readNBytes(contentLength));
        }
    }

    @Test
    void answersAPing() throws IOException {
        byte[] ping = PingRequest.newBuilder().setSendTimestamp(1).build().toByteArray();
        Answer answer = ask(frame(PingRequest.class.getName(), HESSIAN, ping));
        assertThat(answer.status()).isEqualTo(STATUS_SUCCESS);
        assertThat(answer.className()).contains("ErrorResponse");
    }

    /** Bytes that hessian would make an object of are never looked at. */
    @Test
    void anUnknownClassGetsAnErrorInText() throws IOException {
        Answer answer = ask(frame("java.util.HashMap", HESSIAN, new byte[] {'H', 'Z'}));
        assertThat(answer.status()).isNotEqualTo(STATUS_SUCCESS);
        assertThat(answer.text()).contains("No user processor found for request: java.util.HashMap");
    }

    @Test
    void anUnknownSerializerAndBytesThatAreNoMessageGetAnError() throws IOException {
        assertThat(ask(frame("java.util.HashMap", 99, new byte[3])).status()).isNotEqualTo(STATUS_SUCCESS);
        assertThat(ask(frame(PingRequest.class.getName(), HESSIAN, new byte[] {-1, -1, -1}))
                        .status())
                .isNotEqualTo(STATUS_SUCCESS);
    }

    @Test
    void takesNoOrdersToChangeMembers() throws IOException {
        byte[] request = GetPeersRequest.newBuilder().setGroupId("g1").build().toByteArray();
        Answer answer = ask(frame(GetPeersRequest.class.getName(), HESSIAN, request));
        assertThat(answer.text()).contains("No user processor found");
    }

    @Test
    void hessianIsNotOnTheClassPath() {
        assertThatThrownBy(() -> Class.forName("com.caucho.hessian.io.Hessian2Input"))
                .isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void hessiansPlaceCarriesTheTextOfErrorsOnly() throws CodecException {
        Serializer serializer = SerializerManager.getSerializer(SerializerManager.Hessian2);
        byte[] bytes = serializer.serialize(new IllegalStateException("broken"));
        Object read = serializer.deserialize(bytes, RpcServerException.class.getName());
        assertThat(read).isInstanceOf(RpcServerException.class);
        assertThat(((RpcServerException) read).getMessage()).contains("broken");
        assertThatThrownBy(() -> serializer.deserialize(bytes, "java.util.HashMap"))
                .isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> serializer.serialize("a string")).isInstanceOf(CodecException.class);
    }

    @Test
    void isBoundToItsOwnAddressOnly() {
        assertThatThrownBy(() -> {
                    try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress("127.0.0.2", port), 10_000);
                    }
                })
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void saysWhichAddressCannotBeBound() throws IOException {
        try (ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress("127.0.0.1", 0));
            Endpoint taken = new Endpoint("127.0.0.1", other.getLocalPort());
            assertThatThrownBy(() -> new PeerTransport(taken, Optional.empty(), 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(taken.toString());
        }
    }
}
