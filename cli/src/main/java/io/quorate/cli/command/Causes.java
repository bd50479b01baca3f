package io.quorate.cli.command;

import java.util.LinkedHashSet;
import java.util.Set;

/** Turns failures into sentences. */
final class Causes {
    private static final int DEPTH_MAX = 5;

    private Causes() {}

    /** The messages of a failure and its causes, outermost first. */
    static String text(Throwable failure) {
        Set<String> messages = new LinkedHashSet<>();
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEPTH_MAX; depth++) {
            String message = cause.getMessage();
            String text = message == null ? cause.getClass().getSimpleName() : message;
            // A wrapper's message often is the text of what it wraps.
            if (messages.stream().noneMatch(known -> known.contains(text))) {
                messages.add(text);
            }
            cause = cause.getCause();
        }
        return String.join(": ", messages);
    }
}
