/**
 * Clusters to inject faults into: what nodes, networks, disks and clocks can be made to do, whatever runs the nodes.
 *
 * <p>May depend on: chaos.process, client.
 */
@NullMarked
package io.quorate.chaos.substrate;

import org.jspecify.annotations.NullMarked;
