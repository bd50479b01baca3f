/**
 * The logs of stopped nodes, as {@code quorate group dump-log} writes them, read as streams.
 *
 * <p>May depend on: core.quota.
 */
@NullMarked
package io.quorate.chaos.dump;

import org.jspecify.annotations.NullMarked;
