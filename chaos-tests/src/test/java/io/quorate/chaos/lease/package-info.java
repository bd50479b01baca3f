/** Leases between real clients and a real cluster. */
@NullMarked
package io.quorate.chaos.lease;

import org.jspecify.annotations.NullMarked;
