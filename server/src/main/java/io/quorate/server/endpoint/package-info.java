/**
 * One class a request: checks it, matches rules, builds commands, answers.
 *
 * <p>May depend on: core, protocol, storage.api, raft.group, raft.placement, server.config, server.metrics.
 */
@NullMarked
package io.quorate.server.endpoint;

import org.jspecify.annotations.NullMarked;
