package io.quorate.client.api;

import io.quorate.client.lease.LeaseSettings;
import io.quorate.client.route.ClientLoop;
import java.time.Duration;
import java.util.Optional;

/**
 * The client over a loop that somebody else steps, such as a simulation's. It is the same client; only what waits for
 * an answer can't be used, since nobody would step the loop meanwhile.
 */
public final class SteppedClient {
    private SteppedClient() {}

    /** A client over a loop whose router has learned the topology. */
    public static QuorateClient over(ClientLoop loop, Duration requestTimeout, Optional<LeaseSettings> leases) {
        return new DefaultQuorateClient(loop, requestTimeout.toNanos(), leases);
    }
}
