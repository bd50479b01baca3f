/**
 * The words of the domain: keys, limits, amounts and the slots that place them.
 *
 * <p>May depend on: nothing.
 */
@NullMarked
package io.quorate.core.quota;

import org.jspecify.annotations.NullMarked;
