/**
 * The admin port: metrics, health, readiness.
 *
 * <p>May depend on: server.config, server.metrics.
 */
@NullMarked
package io.quorate.server.admin;

import org.jspecify.annotations.NullMarked;
