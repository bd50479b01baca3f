/**
 * Runs: load over the real SDK and over the wire, what nodes say meanwhile, and the evidence in a folder.
 *
 * <p>May depend on: chaos.history, chaos.check, chaos.report, chaos.substrate, chaos.fault, client, protocol,
 * core, cli.logdump and raft.jraft (dumps of stopped nodes).
 */
@NullMarked
package io.quorate.chaos.run;

import org.jspecify.annotations.NullMarked;
