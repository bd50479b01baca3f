/**
 * What a group's state is kept in: the store's contract and its errors.
 *
 * <p>May depend on: core.
 */
@NullMarked
package io.quorate.storage.api;

import org.jspecify.annotations.NullMarked;
