/**
 * Clusters and clients of real processes on loopback: started, killed, restarted and measured from outside.
 *
 * <p>May depend on: client, chaos.check; the daemon only as a command line.
 */
@NullMarked
package io.quorate.chaos.process;

import org.jspecify.annotations.NullMarked;
