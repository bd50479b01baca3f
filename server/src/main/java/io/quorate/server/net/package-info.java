/**
 * The native protocol's port: connections, frames, bounds.
 *
 * <p>May depend on: protocol, netty, raft.group, server.config, server.endpoint, server.metrics.
 */
@NullMarked
package io.quorate.server.net;

import org.jspecify.annotations.NullMarked;
