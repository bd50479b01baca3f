package io.quorate.server.net;

import com.google.protobuf.MessageLite;
import io.quorate.protocol.NativeProtocol;
import io.quorate.protocol.v1.Acquire;
import io.quorate.protocol.v1.Entry;
import io.quorate.protocol.v1.Hello;
import io.quorate.protocol.v1.Limit;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Rule;
import io.quorate.protocol.v1.Rules;
import io.quorate.protocol.v1.Session;
import io.quorate.server.config.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;

/** A client of plain sockets, which can send anything. Not thread-safe. */
public final class TestClient implements Closeable {
    private static final int TIMEOUT_MILLIS = 30_000;

    private final Socket socket;
    private final DataInputStream in;
    private long lastId;

    /** Connects without a word. */
    public TestClient(String address) throws IOException {
        HostPort to = HostPort.parse(address);
        socket = new Socket(to.host(), to.port());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Connects and says hello. */
    public static TestClient greeted(String address) throws IOException {
        TestClient client = new TestClient(address);
        Response welcome = client.ask(hello());
        if (!welcome.hasWelcome()) {
            throw new IOException("no welcome: " + welcome);
        }
        return client;
    }

    public static Request.Builder hello() {
        return Request.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocolVersion(NativeProtocol.VERSION)
                        .setClientName("test"));
    }

    public Socket socket() {
        return socket;
    }

    public void sendBytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    public static byte[] frame(MessageLite message) {
        return frame(message.toByteArray());
    }

    public static byte[] frame(byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(body.length);
            out.write(body);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    /** Sends a request under the next correlation id, which it returns. */
    public long send(Request.Builder request) throws IOException {
        lastId++;
        sendBytes(frame(request.setCorrelationId(lastId).build()));
        return lastId;
    }

    /** The next response; throws {@link EOFException} if the server has closed. */
    public Response read() throws IOException {
        byte[] body = new byte[in.readInt()];
        in.readFully(body);
        return Response.parseFrom(body);
    }

    /** Sends a request and reads its response, which must be the next. */
    public Response ask(Request.Builder request) throws IOException {
        long id = send(request);
        Response response = read();
        if (response.getCorrelationId() != id) {
            throw new IOException("expected the answer to " + id + ", but got " + response);
        }
        return response;
    }

    public long openSession(int group) throws IOException {
        Response response = ask(Request.newBuilder()
                .setOpenSession(Session.Open.newBuilder().setGroup(group).setClientName("test")));
        if (!response.hasSessionOpened()) {
            throw new IOException("no session: " + response);
        }
        return response.getSessionOpened().getSessionId();
    }

    public static Acquire.Builder acquire(int group, long session, long sequence, String namespace, String client) {
        return Acquire.newBuilder()
                .setGroup(group)
                .setEpoch(1)
                .setSessionId(session)
                .setSequence(sequence)
                .setNamespace(namespace)
                .addEntries(Entry.newBuilder().setName("client").setValue(client));
    }

    public static Request.Builder request(Acquire.Builder acquire) {
        return Request.newBuilder().setAcquire(acquire);
    }

    /** One rule {@code per-client}: a fixed window of an hour for each value of {@code client}. */
    public static Rules.Put.Builder perClient(String namespace, long amount) {
        return Rules.Put.newBuilder()
                .setNamespace(namespace)
                .addRules(Rule.newBuilder()
                        .setId("per-client")
                        .addMatch(Rule.Match.newBuilder().setName("client").setPattern("*"))
                        .setLimit(Limit.newBuilder()
                                .setAlgorithm("fixed-window")
                                .setAmount(amount)
                                .setPeriodMillis(3_600_000)));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
