package io.quorate.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Lets each warning and error of some loggers through once a minute: those that say the same of a peer that is away,
 * several times a second and group. What differs in its arguments alone is the same. Thread-safe.
 */
final class RepeatFilter extends TurboFilter {
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** Messages are constants of a library; should they not be, all are forgotten now and then. */
    private static final int MESSAGES_MAX = 256;

    private final List<String> loggers;
    private final Level levelMax;
    private final LongSupplier nanos;
    private final ConcurrentMap<String, Long> lastNanos = new ConcurrentHashMap<>();

    /**
     * Filters loggers.
     *
     * @param loggers by their full names
     * @param levelMax what is above it may repeat itself
     * @param nanos like {@code System::nanoTime}
     */
    RepeatFilter(List<String> loggers, Level levelMax, LongSupplier nanos) {
        this.loggers = List.copyOf(loggers);
        this.levelMax = levelMax;
        this.nanos = nanos;
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        // Without a format it is only asked whether the level is on.
        boolean filtered = level.isGreaterOrEqual(Level.WARN) && levelMax.isGreaterOrEqual(level);
        if (format == null || !filtered || !loggers.contains(logger.getName())) {
            return FilterReply.NEUTRAL;
        }
        if (lastNanos.size() >= MESSAGES_MAX) {
            lastNanos.clear();
        }
        long now = nanos.getAsLong();
        Long last = lastNanos.putIfAbsent(format, now);
        if (last == null || now - last >= QUIET_NANOS && lastNanos.replace(format, last, now)) {
            return FilterReply.NEUTRAL;
        }
        return FilterReply.DENY;
    }
}
