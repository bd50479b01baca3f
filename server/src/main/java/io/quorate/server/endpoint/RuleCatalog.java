package io.quorate.server.endpoint;

import io.quorate.core.rule.AppliedRules;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.server.metrics.ServerMetrics;
import io.quorate.storage.api.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All rules, compiled, as this node's replica of meta has them: read again after each change, and swapped
 * whole, so that a request is matched by the rules of one version.
 *
 * <p>Reading and compiling is done by one thread of its own; readers see a volatile reference.
 */
public final class RuleCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(RuleCatalog.class);
    private static final long RELOAD_RETRY_MILLIS = 200;

    private final ReplicatedGroup meta;
    private final ServerMetrics metrics;
    private final ScheduledExecutorService thread;
    private final LongConsumer onAdvance;
    private final AtomicBoolean reloadWaits = new AtomicBoolean();

    /** Who waits for a version; only touched by {@code thread}. */
    private final List<Waiter> waiters = new ArrayList<>();

    private volatile Snapshot snapshot = Snapshot.NONE;

    /**
     * An empty catalog; {@link #changed} fills it.
     *
     * @param thread runs all reading and waiting, on one thread
     * @param onAdvance called on that thread with each new version
     */
    public RuleCatalog(
            ReplicatedGroup meta, ServerMetrics metrics, ScheduledExecutorService thread, LongConsumer onAdvance) {
        this.meta = meta;
        this.metrics = metrics;
        this.thread = thread;
        this.onAdvance = onAdvance;
    }

    /** Meta's replica here has changed rules, or has just started. Any thread; never waits. */
    public void changed() {
        if (reloadWaits.compareAndSet(false, true)) {
            thread.execute(this::reload);
        }
    }

    /** Whether rules have been read, if only that there are none. */
    public boolean isLoaded() {
        return snapshot != Snapshot.NONE;
    }

    public long version() {
        return snapshot.version();
    }

    /** The log time of meta at which a rule begins or ends to apply; {@link Long#MAX_VALUE}: never. */
    long nextChangeMillis() {
        return snapshot.nextChangeMillis();
    }

    Snapshot current() {
        return snapshot;
    }

    /** Runs {@code then} on the catalog's thread once it has a version, or {@code late} after a time. */
    void whenAtLeast(long version, long millisMax, Runnable then, Runnable late) {
        thread.execute(() -> {
            if (snapshot.version() >= version) {
                then.run();
                return;
            }
            Waiter waiter = new Waiter(version, then);
            waiters.add(waiter);
            var unused = thread.schedule(
                    () -> {
                        if (waiters.remove(waiter)) {
                            late.run();
                        }
                    },
                    millisMax,
                    TimeUnit.MILLISECONDS);
        });
    }

    private void reload() {
        reloadWaits.set(false);
        Snapshot before = snapshot;
        Snapshot read;
        try {
            read = meta.readLocal(
                            (view, nowMillis) -> new Read(view.header().rulesVersion(), List.copyOf(view.allRules())))
                    .compile(before, metrics);
        } catch (StoreException e) {
            LOG.warn("rules can't be read from this node's replica of meta: {}", e.getMessage());
            return;
        } catch (RuntimeException e) {
            LOG.error("rules couldn't be compiled; deciding by version {} until it succeeds", before.version(), e);
            var unused = thread.schedule(this::changed, RELOAD_RETRY_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        if (before != Snapshot.NONE && read.version() <= before.version()) {
            return;
        }
        snapshot = read;
        LOG.info(
                "deciding by rules of version {}, namespaces: {}",
                read.version(),
                read.namespaces().size());
        onAdvance.accept(read.version());
        Iterator<Waiter> waiting = waiters.iterator();
        while (waiting.hasNext()) {
            Waiter waiter = waiting.next();
            if (waiter.version <= read.version()) {
                waiting.remove();
                waiter.then.run();
            }
        }
    }

    private record Read(long version, List<AppliedRules> rules) {
        /** The compiled rules; a namespace that didn't change keeps its compiled form. */
        Snapshot compile(Snapshot before, ServerMetrics metrics) {
            Map<String, NamespaceRules> namespaces = new HashMap<>();
            for (AppliedRules applied : rules) {
                NamespaceRules known = before.namespaces().get(applied.namespace());
                if (applied.rules().isEmpty()) {
                    continue;
                }
                NamespaceRules now;
                if (known == null) {
                    now = new NamespaceRules(applied, metrics.decisions(applied.namespace()));
                } else {
                    now = known.applied().version() == applied.version() ? known : known.next(applied);
                }
                namespaces.put(applied.namespace(), now);
            }
            long nextChangeMillis = Long.MAX_VALUE;
            for (NamespaceRules one : namespaces.values()) {
                nextChangeMillis = Math.min(nextChangeMillis, one.applied().nextChangeMillis());
            }
            return new Snapshot(version, namespaces, nextChangeMillis);
        }
    }

    /** Waits by identity. */
    private static final class Waiter {
        private final long version;
        private final Runnable then;

        Waiter(long version, Runnable then) {
            this.version = version;
            this.then = then;
        }
    }

    /**
     * The rules of one version.
     *
     * @param namespaces those that have rules; not to be changed
     * @param nextChangeMillis the log time of meta at which a rule begins or ends to apply; {@link Long#MAX_VALUE}:
     *     never
     */
    record Snapshot(long version, Map<String, NamespaceRules> namespaces, long nextChangeMillis) {
        /** Nothing has been read yet. */
        static final Snapshot NONE = new Snapshot(-1, Map.of(), Long.MAX_VALUE);

        @Nullable
        NamespaceRules namespace(String name) {
            return namespaces.get(name);
        }
    }
}
