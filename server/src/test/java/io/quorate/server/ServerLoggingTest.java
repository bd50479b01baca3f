package io.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.quorate.server.config.LogSettings;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ServerLoggingTest {
    private static final String REPLICATOR = "com.alipay.sofa.jraft.core.Replicator";

    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    ServerLoggingTest() {
        lines.start();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(lines);
    }

    private List<String> logged() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void whatAPeerThatIsAwayMakesTheLibrarySayIsSaidOnceAMinute() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
        context.addTurboFilter(new RepeatFilter(List.of(REPLICATOR), Level.ERROR, nanos::get));
        Logger replicator = context.getLogger(REPLICATOR);
        for (int i = 0; i < 100; i++) {
            replicator.warn("Fail to issue RPC to {}, times={}", "n2", i);
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
        }
        replicator.error("Fail to init sending channel to {}", "n2");
        assertThat(logged()).containsExactly("Fail to issue RPC to n2, times=0", "Fail to init sending channel to n2");
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(50));
        replicator.warn("Fail to issue RPC to {}, times={}", "n2", 700);
        assertThat(logged()).hasSize(3).last().isEqualTo("Fail to issue RPC to n2, times=700");
    }

    @Test
    void otherLoggersAndLevelsRepeatThemselvesAsTheyLike() {
        context.addTurboFilter(new RepeatFilter(List.of(REPLICATOR), Level.WARN, () -> 0));
        for (int i = 0; i < 3; i++) {
            context.getLogger("io.quorate.raft.jraft.Watchdog").error("stuck");
            context.getLogger(REPLICATOR).info("started");
            context.getLogger(REPLICATOR).error("broken");
        }
        assertThat(logged()).hasSize(9);
    }

    @Test
    void theLibraryIsQuieterByDefaultAndNotWhenLookingForAFault() {
        ServerLogging.apply(context, new LogSettings(LogSettings.Format.TEXT, LogSettings.Level.INFO));
        assertThat(context.getLogger("com.alipay.sofa.jraft.util.ThreadId").getEffectiveLevel())
                .isEqualTo(Level.ERROR);
        assertThat(context.getLogger(REPLICATOR).getEffectiveLevel()).isEqualTo(Level.WARN);
        assertThat(context.getTurboFilterList()).hasSize(2);
        ServerLogging.apply(context, new LogSettings(LogSettings.Format.TEXT, LogSettings.Level.DEBUG));
        assertThat(context.getLogger("com.alipay.sofa.jraft.util.ThreadId").getEffectiveLevel())
                .isEqualTo(Level.INFO);
        assertThat(context.getTurboFilterList()).isEmpty();
    }
}
