/**
 * What is measured, under stable names.
 *
 * <p>May depend on: core, protocol, raft.group, micrometer.
 */
@NullMarked
package io.quorate.server.metrics;

import org.jspecify.annotations.NullMarked;
