package io.quorate.chaos.run;

import io.quorate.protocol.NativeProtocol;
import io.quorate.protocol.v1.Hello;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Topology;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** One connection to one node, one request after the other, written and read as the protocol's document has it. */
final class WireConnection implements AutoCloseable {
    private static final int CONNECT_MILLIS = 500;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final Topology topology;
    private long correlation;

    private WireConnection(String address, int answerMillis) throws IOException {
        int colon = address.lastIndexOf(':');
        socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(answerMillis);
            socket.connect(
                    new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                    CONNECT_MILLIS);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            out = new DataOutputStream(socket.getOutputStream());
            Response welcome = ask(Request.newBuilder()
                    .setHello(Hello.newBuilder()
                            .setProtocolVersion(NativeProtocol.VERSION)
                            .setClientName("wire")));
            if (!welcome.hasWelcome()) {
                throw new IOException("no welcome: " + welcome.getFailure());
            }
            topology = welcome.getWelcome().getTopology();
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Connects and says hello. */
    static WireConnection open(String address, int answerMillis) throws IOException {
        return new WireConnection(address, answerMillis);
    }

    /** Leaders and groups as the node had them at the hello. */
    Topology topology() {
        return topology;
    }

    /** Sends and doesn't wait. */
    long send(Request.Builder request) throws IOException {
        byte[] bytes = request.setCorrelationId(++correlation).build().toByteArray();
        byte[] frame = new byte[4 + bytes.length];
        for (int i = 0; i < 4; i++) {
            frame[i] = (byte) (bytes.length >>> 8 * (3 - i));
        }
        System.arraycopy(bytes, 0, frame, 4, bytes.length);
        out.write(frame);
        return correlation;
    }

    /** The answer to a request; answers to earlier ones, given up, are dropped. */
    Response await(long id) throws IOException {
        while (true) {
            int length = in.readInt();
            if (length < 0 || length > NativeProtocol.RESPONSE_BYTES_MAX) {
                throw new IOException("a frame of " + length + " bytes");
            }
            Response response = Response.parseFrom(in.readNBytes(length));
            if (response.getCorrelationId() == id) {
                return response;
            }
        }
    }

    Response ask(Request.Builder request) throws IOException {
        return await(send(request));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
