/**
 * The limit algorithms: pure functions over integers, one class each.
 *
 * <p>May depend on: quota.
 */
@NullMarked
package io.quorate.core.algorithm;

import org.jspecify.annotations.NullMarked;
