/**
 * What a person looks at after a run: one page, complete in itself.
 *
 * <p>May depend on: chaos.history, chaos.check.
 */
@NullMarked
package io.quorate.chaos.report;

import org.jspecify.annotations.NullMarked;
