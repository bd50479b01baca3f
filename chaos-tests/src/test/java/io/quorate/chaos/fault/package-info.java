/**
 * Clusters of real processes under every kind of fault, and the mistakes that must be found in them.
 *
 * <p>May depend on: chaos.fault, chaos.run, chaos.substrate, chaos.check.
 */
@NullMarked
package io.quorate.chaos.fault;

import org.jspecify.annotations.NullMarked;
