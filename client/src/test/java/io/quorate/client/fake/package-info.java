/**
 * A cluster that isn't one, for tests: its answers are a small model's, its faults are the test's.
 *
 * <p>May depend on: protocol, client.route.
 */
@NullMarked
package io.quorate.client.fake;

import org.jspecify.annotations.NullMarked;
