/**
 * What is replicated (sealed commands in stamped entries) and what comes of it (sealed outcomes).
 *
 * <p>May depend on: quota, algorithm, rule.
 */
@NullMarked
package io.quorate.core.command;

import org.jspecify.annotations.NullMarked;
