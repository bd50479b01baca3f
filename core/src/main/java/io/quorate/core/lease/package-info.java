/**
 * How tokens are lent: the arithmetic of one counter's ledger, and what may be leased.
 *
 * <p>May depend on: quota, algorithm, command (and so rule).
 */
@NullMarked
package io.quorate.core.lease;

import org.jspecify.annotations.NullMarked;
