/**
 * The deterministic simulation: the product's machine, groups, endpoints, sessions, lease policy and client over an
 * adversarial log, network, clock and disk, all on one thread and from one seed (docs/TESTING.md).
 *
 * <p>May depend on: core, storage, raft.group, raft.apply, raft.log, raft.placement, protocol, server.endpoint,
 * server.lease, server.metrics, server.config, client.
 */
@NullMarked
package io.quorate.chaos.sim;

import org.jspecify.annotations.NullMarked;
