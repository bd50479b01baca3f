package io.quorate.benchmarks;

import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.Result;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Quorate: every acquire decided and synced by a majority of three processes. */
final class QuorateSide implements Side {
    private final String name;
    private final QuorateClient client;
    private final AcquireRequest[] requests;

    QuorateSide(String name, QuorateClient client, String namespace, int keys) {
        this.name = name;
        this.client = client;
        client.admin()
                .applyRules(
                        new RuleSet(
                                namespace,
                                Optional.of("client"),
                                List.of(new Rule(
                                        "per-client",
                                        List.of(new EntryMatch("client", new Pattern.Any())),
                                        new Limit(Algorithm.GCRA, 1_000_000_000, 1_000, 1_000_000_000),
                                        Mode.ENFORCE))),
                        OptionalLong.empty());
        requests = new AcquireRequest[keys];
        for (int i = 0; i < keys; i++) {
            requests[i] = AcquireRequest.of(namespace, "client", "client-" + i);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CompletableFuture<Boolean> acquire(int key) {
        return client.acquireAsync(requests[key]).thenApply(QuorateSide::granted);
    }

    private static boolean granted(Result result) {
        if (result instanceof Result.Unknown unknown) {
            throw new IllegalStateException("unknown: " + unknown.reason());
        }
        return result instanceof Result.Granted;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        client.close();
    }
}
