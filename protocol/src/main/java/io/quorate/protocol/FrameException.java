package io.quorate.protocol;

import io.netty.handler.codec.CorruptedFrameException;

/** The peer sent what is no frame or no message. What follows on the connection can't be understood. */
public final class FrameException extends CorruptedFrameException {
    private static final long serialVersionUID = 1L;

    public FrameException(String message) {
        super(message);
    }
}
