/**
 * What benchmarks read, judge and write.
 *
 * <p>May depend on: benchmarks.
 */
@NullMarked
package io.quorate.benchmarks;

import org.jspecify.annotations.NullMarked;
