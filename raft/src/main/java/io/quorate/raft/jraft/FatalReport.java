package io.quorate.raft.jraft;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the owner of a node, once, that it is broken for good.
 *
 * <p>On a thread of its own: the owner is likely to end the process, which closes the node, which waits for the
 * very thread that found out.
 */
final class FatalReport {
    private static final Logger LOG = LoggerFactory.getLogger(FatalReport.class);

    private final Consumer<String> owner;
    private final AtomicBoolean told = new AtomicBoolean();

    FatalReport(Consumer<String> owner) {
        this.owner = owner;
    }

    void tell(String message) {
        if (!told.compareAndSet(false, true)) {
            LOG.error("And then: {}", message);
            return;
        }
        LOG.error("This node is broken: {}", message);
        Thread thread = new Thread(() -> owner.accept(message), "quorate-fatal");
        thread.setDaemon(true);
        thread.start();
    }

    /** From now on nothing is told: the node is being closed. */
    void silence() {
        told.set(true);
    }
}
