/**
 * What random tests share.
 *
 * <p>May depend on: quota.
 */
@NullMarked
package io.quorate.core.testing;

import org.jspecify.annotations.NullMarked;
