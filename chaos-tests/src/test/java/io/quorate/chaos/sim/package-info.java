/** The simulation as tests: many seeds, and planted mistakes that it must find. */
@NullMarked
package io.quorate.chaos.sim;

import org.jspecify.annotations.NullMarked;
