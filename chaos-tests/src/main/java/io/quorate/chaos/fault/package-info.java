/**
 * Faults, each of a kind, and the {@link io.quorate.chaos.fault.Nemesis} that injects and heals them by a seed.
 *
 * <p>May depend on: chaos.substrate, chaos.process, chaos.check (use logs), chaos.history, client; raft.group for the
 * names of failpoints.
 */
@NullMarked
package io.quorate.chaos.fault;

import org.jspecify.annotations.NullMarked;
