/**
 * How much of a counter the leader leases to whom: what it knows of demand, in memory alone and lost with its
 * leadership. Whatever is decided here, the ledger in the group's log never grants more than there is.
 *
 * <p>May depend on: core.command, core.lease, core.quota.
 */
@NullMarked
package io.quorate.server.lease;

import org.jspecify.annotations.NullMarked;
