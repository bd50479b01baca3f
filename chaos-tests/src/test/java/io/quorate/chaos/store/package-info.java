/**
 * The machine over the stores.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.quorate.chaos.store;

import org.jspecify.annotations.NullMarked;
