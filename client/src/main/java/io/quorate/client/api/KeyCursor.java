package io.quorate.client.api;

import com.google.protobuf.ByteString;
import java.util.Base64;

/**
 * Where a listing of keys goes on: a group, and where within it. As text it is opaque to users.
 *
 * @param group data group, 1 or more
 * @param within as the group told; empty for its beginning
 */
record KeyCursor(int group, ByteString within) {

    /** Reads what {@link #text} wrote; empty stands for the beginning. */
    static KeyCursor parse(String text) {
        if (text.isEmpty()) {
            return new KeyCursor(1, ByteString.EMPTY);
        }
        int dot = text.indexOf('.');
        try {
            int group = Integer.parseInt(text.substring(0, Math.max(dot, 0)));
            byte[] within = Base64.getUrlDecoder().decode(text.substring(dot + 1));
            if (group >= 1) {
                return new KeyCursor(group, ByteString.copyFrom(within));
            }
        } catch (IllegalArgumentException e) {
            throw malformed(e);
        }
        throw malformed(null);
    }

    private static IllegalArgumentException malformed(@org.jspecify.annotations.Nullable Throwable cause) {
        return new IllegalArgumentException("the cursor must be empty or come from the page before", cause);
    }

    String text() {
        return group + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(within.toByteArray());
    }

    /** Where to go on after a page: in the same group, or, at its end, in the next. */
    KeyCursor after(ByteString next) {
        return next.isEmpty() ? new KeyCursor(group + 1, ByteString.EMPTY) : new KeyCursor(group, next);
    }
}
