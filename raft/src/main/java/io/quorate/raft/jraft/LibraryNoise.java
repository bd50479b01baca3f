package io.quorate.raft.jraft;

/**
 * Silences what JRaft's libraries print past the process's logging; they take orders in system properties only.
 *
 * <p>A property that is set already stays, so everything can be turned on again from the command line.
 */
final class LibraryNoise {
    private LibraryNoise() {}

    /** To be called before JRaft or bolt are used. Repeats change nothing. */
    static void silence() {
        // Bolt has a logging of its own, which fails on this version of logback and prints that with its stack.
        setIfAbsent("sofa.middleware.log.disable", "true");
        setIfAbsent("sofa.middleware.log.internal.level", "ERROR");
        // JRaft's messages were generated long ago, and protobuf prints a warning for each kind of them, about a
        // denial of service by crafted messages: only authenticated peers should reach the Raft port.
        setIfAbsent("com.google.protobuf.use_unsafe_pre22_gencode", "true");
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
