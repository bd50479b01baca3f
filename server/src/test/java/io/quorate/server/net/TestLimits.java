package io.quorate.server.net;

import io.quorate.server.config.ServerLimits;

/** Limits with the shipped values but for those that a test sets. */
final class TestLimits {
    int handshakeMillisMax = ServerLimits.DEFAULT.handshakeMillisMax();
    int frameMillisMax = ServerLimits.DEFAULT.frameMillisMax();
    int idleMillisMax = ServerLimits.DEFAULT.idleMillisMax();
    int connectionsMax = ServerLimits.DEFAULT.connectionsMax();
    int inFlightPerConnectionMax = ServerLimits.DEFAULT.inFlightPerConnectionMax();
    int inFlightMax = ServerLimits.DEFAULT.inFlightMax();
    int fenceMillisMax = ServerLimits.DEFAULT.fenceMillisMax();
    int pageKeysMax = ServerLimits.DEFAULT.pageKeysMax();

    ServerLimits build() {
        ServerLimits shipped = ServerLimits.DEFAULT;
        return new ServerLimits(
                shipped.frameBytesMax(),
                shipped.helloBytesMax(),
                handshakeMillisMax,
                frameMillisMax,
                idleMillisMax,
                connectionsMax,
                inFlightPerConnectionMax,
                inFlightMax,
                shipped.writeBufferLowBytes(),
                shipped.writeBufferHighBytes(),
                fenceMillisMax,
                pageKeysMax,
                shipped.adminQueueMax(),
                shipped.shutdownMillisMax(),
                shipped.ioThreads());
    }
}
