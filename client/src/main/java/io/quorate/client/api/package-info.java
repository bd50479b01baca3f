/**
 * What users of the SDK import.
 *
 * <p>May depend on: core.quota, core.rule; the entry point wires client.route and client.net.
 */
@NullMarked
package io.quorate.client.api;

import org.jspecify.annotations.NullMarked;
