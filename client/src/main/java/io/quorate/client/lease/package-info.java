/**
 * The client's side of leases: spending tokens that are held, and deciding when to get more.
 *
 * <p>Spending may happen on any thread; everything else is confined to the client's one loop, which brings the
 * clock, the timer and the messages. No sockets and no threads of its own.
 *
 * <p>May depend on: core.
 */
@NullMarked
package io.quorate.client.lease;

import org.jspecify.annotations.NullMarked;
