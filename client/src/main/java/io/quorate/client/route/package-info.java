/**
 * Which node to ask, which session and sequence to use, when to try again: no sockets and no threads.
 *
 * <p>Everything here is confined to one loop, whose clock, timer and connections come from outside.
 *
 * <p>May depend on: core, protocol.
 */
@NullMarked
package io.quorate.client.route;

import org.jspecify.annotations.NullMarked;
