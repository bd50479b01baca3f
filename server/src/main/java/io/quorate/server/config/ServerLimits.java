package io.quorate.server.config;

/**
 * Bounds of the client port.
 *
 * @param frameBytesMax bytes of one frame after the handshake
 * @param helloBytesMax bytes of the first frame
 * @param handshakeMillisMax time from connect to hello; milliseconds
 * @param frameMillisMax time from the first byte of a frame to its last; milliseconds
 * @param idleMillisMax silence after which a connection is closed; milliseconds
 * @param connectionsMax connections at once; count
 * @param inFlightPerConnectionMax unanswered requests of one connection; count
 * @param inFlightMax unanswered requests of the node; count
 * @param writeBufferLowBytes below it a connection that was paused is read again; bytes
 * @param writeBufferHighBytes above it a connection is not read; bytes
 * @param fenceMillisMax time that a fence waits for this node to learn the rules; milliseconds
 * @param pageKeysMax counters in one page of a listing; count
 * @param adminQueueMax requests about rules, keys and groups that wait for their turn; count
 * @param shutdownMillisMax time to hand over leadership and answer what is in flight; milliseconds
 * @param ioThreads event loops of the client port; count
 */
public record ServerLimits(
        int frameBytesMax,
        int helloBytesMax,
        int handshakeMillisMax,
        int frameMillisMax,
        int idleMillisMax,
        int connectionsMax,
        int inFlightPerConnectionMax,
        int inFlightMax,
        int writeBufferLowBytes,
        int writeBufferHighBytes,
        int fenceMillisMax,
        int pageKeysMax,
        int adminQueueMax,
        int shutdownMillisMax,
        int ioThreads) {
    public static final ServerLimits DEFAULT = new ServerLimits(
            256 * 1024,
            4 * 1024,
            5_000,
            10_000,
            300_000,
            10_000,
            4_096,
            65_536,
            64 * 1024,
            256 * 1024,
            5_000,
            1_000,
            256,
            10_000,
            1);
}
