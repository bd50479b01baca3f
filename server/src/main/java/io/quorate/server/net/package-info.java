/**
 * The native protocol's port: connections, frames, bounds.
 *
 * <p>May depend on: protocol, server.config, server.endpoint.
 */
@NullMarked
package io.quorate.server.net;

import org.jspecify.annotations.NullMarked;
