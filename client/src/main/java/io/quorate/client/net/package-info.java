/**
 * Connections: one per node, pipelined.
 *
 * <p>May depend on: protocol, client.route.
 */
@NullMarked
package io.quorate.client.net;

import org.jspecify.annotations.NullMarked;
