/**
 * Linearizability of small histories by search: Wing and Gong's, with Lowe's memory of what was seen.
 *
 * <p>May depend on: nothing of Quorate.
 */
@NullMarked
package io.quorate.chaos.check.wgl;

import org.jspecify.annotations.NullMarked;
