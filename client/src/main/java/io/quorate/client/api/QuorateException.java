package io.quorate.client.api;

/** An administrative call failed. */
public final class QuorateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of failure it is. */
    public enum Kind {
        /** The request was wrong, and the message says what would be right; nothing was done. */
        INVALID,
        /** There is no such thing; nothing was done. */
        NOT_FOUND,
        /** The thing changed meanwhile; nothing was done. */
        CONFLICT,
        /** No node could be asked, or none leads; nothing was done. */
        UNAVAILABLE,
        /** It may or may not have been done. */
        UNKNOWN
    }

    private final Kind kind;

    public QuorateException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
