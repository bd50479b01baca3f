/**
 * The daemon: wires configuration, groups, endpoints and ports. Read this package first.
 *
 * <p>May depend on: everything below it, raft, storage, protocol, core. Sub-packages never import this one.
 */
@NullMarked
package io.quorate.server;

import org.jspecify.annotations.NullMarked;
