@NullMarked
package io.quorate.chaos.sim;

import org.jspecify.annotations.NullMarked;
