package io.quorate.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import java.util.Optional;

/** What a test needs of the machine: it is left out where that isn't there, unless {@code -Dchaos.require} names it. */
final class Needed {
    private Needed() {}

    /**
     * Leaves the test out, or fails it, if something is lacking.
     *
     * @param name as in {@code -Dchaos.require=namespaces,containers}
     */
    static void here(String name, Optional<String> lacking) {
        if (List.of(System.getProperty("chaos.require", "").split(",", -1)).contains(name)) {
            assertThat(lacking).as("%s, which must be here", name).isEmpty();
        } else {
            assumeThat(lacking).as("%s", name).isEmpty();
        }
    }
}
