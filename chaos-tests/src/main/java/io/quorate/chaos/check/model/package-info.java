/**
 * What each algorithm must say, written from its definition in docs/rules.md and THEORY, without the product's meters:
 * plain whole numbers, no packing. Fast enough to replay every operation of a run.
 *
 * <p>May depend on: core.quota (names and limits, nothing that computes).
 */
@NullMarked
package io.quorate.chaos.check.model;

import org.jspecify.annotations.NullMarked;
