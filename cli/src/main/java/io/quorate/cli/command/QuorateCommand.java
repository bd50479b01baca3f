package io.quorate.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ScopeType;

/** The root of all commands, which holds the options that they share. */
@Command(
        name = "quorate",
        description = "A replicated, distributed quota store.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = QuorateCommand.Version.class,
        footer = {"", "Exit codes: 0 granted or done, 2 wrong usage or input, 3 denied, 4 unavailable or unknown."})
final class QuorateCommand {
    @Mixin
    private final GlobalOptions globals;

    QuorateCommand(GlobalOptions globals) {
        this.globals = globals;
    }

    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = QuorateCommand.class.getPackage().getImplementationVersion();
            return new String[] {"quorate " + (version == null ? "development" : version)};
        }
    }
}
