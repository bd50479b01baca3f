package io.quorate.raft.jraft;

import com.alipay.remoting.ExtendedNettyChannelHandler;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.quorate.raft.jraft.RaftSettings.RaftTls;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * Mutual TLS 1.3 on the Raft port, from PEM files that are read once.
 *
 * <p>A peer is whoever shows a certificate of the trusted CA: host names aren't compared, since nodes are named
 * by address in the topology. So the CA must be one for the cluster's nodes alone.
 */
final class PeerTls {
    private static final String PROTOCOL = "TLSv1.3";

    private final SslContext server;
    private final SslContext client;

    /** Throws {@link IllegalArgumentException} that names the file which can't be used. */
    PeerTls(RaftTls files) {
        File chain = readable("certificate chain", files.certificateChain());
        File key = readable("private key", files.privateKey());
        File trusted = readable("trusted certificates", files.trustedCertificates());
        try {
            server = SslContextBuilder.forServer(chain, key)
                    .trustManager(trusted)
                    .clientAuth(ClientAuth.REQUIRE)
                    .sslProvider(SslProvider.JDK)
                    .protocols(PROTOCOL)
                    .build();
            client = SslContextBuilder.forClient()
                    .keyManager(chain, key)
                    .trustManager(trusted)
                    .endpointIdentificationAlgorithm("")
                    .sslProvider(SslProvider.JDK)
                    .protocols(PROTOCOL)
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "can't use the Raft port's TLS files " + chain + " (PEM certificates), " + key
                            + " (PEM, PKCS #8, without a password) and " + trusted + " (PEM certificates): "
                            + e.getMessage(),
                    e);
        }
    }

    private static File readable(String what, Path path) {
        if (!Files.isReadable(path)) {
            throw new IllegalArgumentException("can't read the Raft port's " + what + ", " + path);
        }
        return path.toFile();
    }

    ExtendedNettyChannelHandler serverHandlers() {
        return new Handlers(server);
    }

    ExtendedNettyChannelHandler clientHandlers() {
        return new Handlers(client);
    }

    /** Puts TLS first on each new channel. */
    private static final class Handlers implements ExtendedNettyChannelHandler {
        private final SslContext context;

        Handlers(SslContext context) {
            this.context = context;
        }

        @Override
        public List<ChannelHandler> frontChannelHandlers() {
            return List.of(context.newHandler(ByteBufAllocator.DEFAULT));
        }

        @Override
        public List<ChannelHandler> backChannelHandlers() {
            return List.of();
        }
    }
}
