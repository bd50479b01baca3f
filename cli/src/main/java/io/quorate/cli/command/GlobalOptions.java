package io.quorate.cli.command;

import io.quorate.cli.text.DurationText;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** The options that every command has. */
public final class GlobalOptions {
    @Option(
            names = {"-c", "--cluster"},
            scope = ScopeType.INHERIT,
            paramLabel = "HOST:PORT,...",
            description = "Client addresses of one or more nodes. Default: $QUORATE_CLUSTER, or 127.0.0.1:7401.")
    String cluster = "";

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Write JSON instead of tables.")
    boolean json;

    @Option(
            names = "--timeout",
            scope = ScopeType.INHERIT,
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "Longest time for one request, with its retries. Default: 5s.")
    Duration timeout = Duration.ofSeconds(5);

    GlobalOptions() {}

    /** Reads durations such as {@code 5s}. */
    static final class DurationConverter implements ITypeConverter<Duration> {
        private static final long MILLIS_MAX = Duration.ofDays(1).toMillis();

        @Override
        public Duration convert(String value) {
            long millis;
            try {
                millis = DurationText.parseMillis(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
            if (millis < 1 || millis > MILLIS_MAX) {
                throw new TypeConversionException("the duration must be 1ms to 1d, not " + DurationText.format(millis));
            }
            return Duration.ofMillis(millis);
        }
    }
}
