package io.quorate.cli.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.quorate.server.config.LogSettings;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets the process's logging, which libraries share: silent for a command, a file for embedded nodes. */
public final class Logging {
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{36} %msg%n";

    private Logging() {}

    /** Nothing is logged: what a command has to say, it says itself. */
    public static void silent() {
        fresh().getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
    }

    /** Warnings and errors go to a file, so that the terminal stays readable. */
    static void toFile(Path file) {
        LoggerContext context = fresh();
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setFile(file.toString());
        appender.setAppend(true);
        attach(context, appender, text(context), Level.WARN);
    }

    /** The daemon's log, on standard error. */
    static void daemon(LogSettings settings) {
        LoggerContext context = fresh();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setTarget("System.err");
        Encoder<ILoggingEvent> encoder = settings.format() == LogSettings.Format.JSON ? json(context) : text(context);
        attach(context, appender, encoder, Level.valueOf(settings.level().name()));
        // The Raft library reports each heartbeat's and election's course at INFO.
        if (settings.level() == LogSettings.Level.INFO) {
            context.getLogger("com.alipay").setLevel(Level.WARN);
            context.getLogger("com.alipay.sofa.common.log").setLevel(Level.ERROR);
        }
    }

    private static LoggerContext fresh() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        return context;
    }

    private static void attach(
            LoggerContext context,
            OutputStreamAppender<ILoggingEvent> appender,
            Encoder<ILoggingEvent> encoder,
            Level level) {
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(level);
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }
}
