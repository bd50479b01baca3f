/**
 * Benchmarks of whole clusters, beside the peers: each prints how it was measured.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.quorate.benchmarks;

import org.jspecify.annotations.NullMarked;
