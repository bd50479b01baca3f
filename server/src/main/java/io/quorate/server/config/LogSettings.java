package io.quorate.server.config;

/**
 * How the daemon writes its log.
 *
 * @param format plain text or one JSON object a line
 * @param level the least severe level that is written
 */
public record LogSettings(Format format, Level level) {
    public static final LogSettings DEFAULT = new LogSettings(Format.TEXT, Level.INFO);

    /** The shape of a log line. */
    public enum Format {
        TEXT,
        JSON
    }

    /** How much is written. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }
}
