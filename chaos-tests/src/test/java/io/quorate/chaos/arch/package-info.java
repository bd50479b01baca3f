/**
 * Holds the arrows between modules and packages, as docs/ARCHITECTURE.md draws them.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.quorate.chaos.arch;

import org.jspecify.annotations.NullMarked;
