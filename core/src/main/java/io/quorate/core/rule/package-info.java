/**
 * Descriptors, and the rules that match them to limits.
 *
 * <p>May depend on: quota, algorithm, re2j (its only importer).
 */
@NullMarked
package io.quorate.core.rule;

import org.jspecify.annotations.NullMarked;
