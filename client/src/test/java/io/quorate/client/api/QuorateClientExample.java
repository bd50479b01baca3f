package io.quorate.client.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The example in the documentation of {@link QuorateClient}, as code. A test holds that the two are the same. */
final class QuorateClientExample {
    /** What was done, for the test. */
    final List<String> done = new ArrayList<>();

    void search(String... endpoints) {
        // begin
        try (QuorateClient client =
                QuorateClient.builder().endpoints(endpoints).name("search").build()) {
            AcquireRequest request = AcquireRequest.of("shop", "client", "42", "endpoint", "/search");
            Result result = client.tryAcquire(request.withCost(3));
            if (result instanceof Result.Granted granted) {
                int found = search();
                if (found == 0) {
                    client.refund(granted.receipt(), 2).join();
                }
            } else if (result instanceof Result.Denied denied) {
                sayTooMany(denied.rule().rule(), denied.retryAfter());
            } else if (result instanceof Result.Unknown unknown) {
                sayTryLater(unknown.reason());
            }
        }
        // end
    }

    private int search() {
        done.add("searched");
        return 0;
    }

    private void sayTooMany(String rule, Optional<Duration> retryAfter) {
        done.add("too many for " + rule + ", again after " + retryAfter);
    }

    private void sayTryLater(String reason) {
        done.add(reason);
    }
}
