/**
 * What substrates promise, tried on real processes.
 *
 * <p>May depend on: chaos.substrate, client.
 */
@NullMarked
package io.quorate.chaos.substrate;

import org.jspecify.annotations.NullMarked;
