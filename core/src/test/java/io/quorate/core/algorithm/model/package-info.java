/**
 * The algorithms once more, as plainly as they can be said: what the fast ones are compared with.
 *
 * <p>May depend on: quota.
 */
@NullMarked
package io.quorate.core.algorithm.model;

import org.jspecify.annotations.NullMarked;
