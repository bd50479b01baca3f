package io.quorate.protocol;

/** The constants that both sides of the native protocol share. */
public final class NativeProtocol {
    /** The version of this code, sent in Hello and Welcome; a peer of another one is refused. */
    public static final int VERSION = 1;
    /** Bytes of the length before each frame. */
    public static final int LENGTH_BYTES = 4;
    /** Most bytes (UTF-8) of the name that a client gives itself. */
    public static final int CLIENT_NAME_BYTES_MAX = 64;
    /** Bound of a response's bytes, the length before it left out; no server sends more. */
    public static final int RESPONSE_BYTES_MAX = 16 * 1024 * 1024;

    private NativeProtocol() {}
}
