/**
 * What users of the SDK import, and the client that they get.
 *
 * <p>May depend on: core.quota, core.rule, protocol, client.route, client.net.
 */
@NullMarked
package io.quorate.client.api;

import org.jspecify.annotations.NullMarked;
