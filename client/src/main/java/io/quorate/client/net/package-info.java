/**
 * Connections: one per node, pipelined, all on one event loop.
 *
 * <p>May depend on: protocol, client.route, netty.
 */
@NullMarked
package io.quorate.client.net;

import org.jspecify.annotations.NullMarked;
