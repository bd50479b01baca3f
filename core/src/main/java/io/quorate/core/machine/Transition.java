package io.quorate.core.machine;

import io.quorate.core.command.Applied;
import io.quorate.core.lease.LeaseFlow;
import java.util.List;

/**
 * What applying one entry gives.
 *
 * @param changes to commit
 * @param answers one per command, in order
 * @param leases where leased tokens went; for measuring
 */
public record Transition(StateChanges changes, List<Applied> answers, LeaseFlow leases) {}
