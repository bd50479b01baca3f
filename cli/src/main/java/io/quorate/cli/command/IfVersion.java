package io.quorate.cli.command;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The condition of a change of rules. */
final class IfVersion {
    @Option(
            names = "--if-version",
            paramLabel = "N",
            description = "Only if the namespace's rules have this version; 0: only if it has none.")
    private @Nullable Long version;

    OptionalLong value() {
        Long given = version;
        if (given == null) {
            return OptionalLong.empty();
        }
        if (given < 0) {
            throw CommandFailure.usage("--if-version must be 0 or more, not " + given);
        }
        return OptionalLong.of(given);
    }
}
