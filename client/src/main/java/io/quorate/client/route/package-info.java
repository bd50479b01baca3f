/**
 * Which node to ask, which session and sequence to use, when to try again: no sockets.
 *
 * <p>May depend on: core, protocol, client.api values.
 */
@NullMarked
package io.quorate.client.route;

import org.jspecify.annotations.NullMarked;
