/**
 * The admin port: metrics, health, readiness.
 *
 * <p>May depend on: netty, raft.group, server.config, server.metrics.
 */
@NullMarked
package io.quorate.server.admin;

import org.jspecify.annotations.NullMarked;
