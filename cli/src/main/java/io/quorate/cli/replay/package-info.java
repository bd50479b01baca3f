/**
 * Replays traces: offline through the core alone, live against a cluster, with the same table from both.
 *
 * <p>May depend on: core, storage.memory, client.api, cli.trace, cli.text.
 */
@NullMarked
package io.quorate.cli.replay;

import org.jspecify.annotations.NullMarked;
