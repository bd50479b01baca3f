/**
 * The native protocol: generated messages, frame codec, handshake and status codes.
 *
 * <p>May depend on: core, protobuf, netty.
 */
@NullMarked
package io.quorate.protocol;

import org.jspecify.annotations.NullMarked;
