/**
 * Checkers: what a history of grants or uses must satisfy, judged apart from the cluster's own books.
 *
 * <p>May depend on: core, client.api.
 */
@NullMarked
package io.quorate.chaos.check;

import org.jspecify.annotations.NullMarked;
