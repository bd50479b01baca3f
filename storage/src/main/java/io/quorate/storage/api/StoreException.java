package io.quorate.storage.api;

/** The store failed: its disk, or bytes that aren't what was written. Names the file or key concerned. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
