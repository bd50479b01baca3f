/**
 * Faults on clusters of real processes.
 *
 * <p>May depend on: chaos.process, chaos.check, client.
 */
@NullMarked
package io.quorate.chaos.process;

import org.jspecify.annotations.NullMarked;
