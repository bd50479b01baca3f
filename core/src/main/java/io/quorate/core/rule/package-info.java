/**
 * Descriptors, and the rules that match them to limits.
 *
 * <p>May depend on: quota, algorithm.
 */
@NullMarked
package io.quorate.core.rule;

import org.jspecify.annotations.NullMarked;
