package io.quorate.cli.command;

import io.quorate.client.api.QuorateException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** All commands, wired, with one way to report failures. */
public final class CommandTree {
    private CommandTree() {}

    /** The root command. */
    public static CommandLine of(CommandContext context) {
        CommandLine rules = new CommandLine(new RulesCommand())
                .addSubcommand(new RulesCheckCommand(context))
                .addSubcommand(new RulesApplyCommand(context))
                .addSubcommand(new RulesGetCommand(context))
                .addSubcommand(new RulesListCommand(context))
                .addSubcommand(new RulesDeleteCommand(context))
                .addSubcommand(new RulesImportCommand(context))
                .addSubcommand(new RulesExportCommand(context))
                .addSubcommand(new RulesDiffCommand(context));
        CommandLine lease = new CommandLine(new LeaseCommand())
                .addSubcommand(new LeaseListCommand(context))
                .addSubcommand(new LeaseRecallCommand(context));
        CommandLine key = new CommandLine(new KeyCommand())
                .addSubcommand(new KeyListCommand(context))
                .addSubcommand(new KeyInspectCommand(context))
                .addSubcommand(new KeyResetCommand(context));
        CommandLine group = new CommandLine(new GroupCommand())
                .addSubcommand(new GroupListCommand(context))
                .addSubcommand(new GroupDescribeCommand(context))
                .addSubcommand(new GroupDumpLogCommand(context))
                .addSubcommand(new GroupTransferLeaderCommand(context));
        CommandLine node = new CommandLine(new NodeCommand()).addSubcommand(new NodeListCommand(context));
        CommandLine root = new CommandLine(new QuorateCommand(context.globals()))
                .addSubcommand(new ServerCommand(context))
                .addSubcommand(new DevCommand(context))
                .addSubcommand(new DemoCommand(context))
                .addSubcommand(new AcquireCommand(context))
                .addSubcommand(new ExplainCommand(context))
                .addSubcommand(rules)
                .addSubcommand(key)
                .addSubcommand(lease)
                .addSubcommand(group)
                .addSubcommand(node)
                .addSubcommand(new ReplayCommand(context))
                .addSubcommand(new PlanCommand(context))
                .addSubcommand(new BenchCommand(context))
                .addSubcommand(new CompletionCommand(context));
        root.setOut(new PrintWriter(context.out(), true));
        root.setErr(new PrintWriter(context.err(), true));
        root.registerConverter(Integer.class, text -> Math.toIntExact(whole(text, Integer.MAX_VALUE)));
        root.registerConverter(int.class, text -> Math.toIntExact(whole(text, Integer.MAX_VALUE)));
        root.registerConverter(Long.class, text -> whole(text, Long.MAX_VALUE));
        root.registerConverter(long.class, text -> whole(text, Long.MAX_VALUE));
        root.registerConverter(Double.class, CommandTree::decimal);
        root.setParameterExceptionHandler((exception, arguments) -> wrongUsage(context, exception, arguments));
        root.setExecutionExceptionHandler((exception, command, parsed) -> failed(context, exception));
        return root;
    }

    private static long whole(String text, long max) {
        if (text.matches("-?[0-9]{1,18}") && Math.abs(Long.parseLong(text)) <= max) {
            return Long.parseLong(text);
        }
        String advice = text.matches("-?[0-9]+") ? " is too large; the largest is " + max : " is no whole number";
        throw new TypeConversionException("'" + text + "'" + advice + "; write digits alone, such as 10");
    }

    private static double decimal(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is no number; write one such as 600 or 0.5");
        }
    }

    private static int wrongUsage(CommandContext context, ParameterException exception, String... arguments) {
        if (List.of(arguments).contains("--json")) {
            context.globals().json = true; // it may stand behind what is wrong, and then wasn't read
        }
        StringBuilder message = new StringBuilder(String.valueOf(exception.getMessage()));
        if (exception instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = new ArrayList<>(unmatched.getSuggestions());
            if (!suggestions.isEmpty()) {
                message.append("; did you mean ")
                        .append(String.join(" or ", suggestions))
                        .append('?');
            }
        }
        String name = exception.getCommandLine().getCommandSpec().qualifiedName();
        message.append("\ntry '").append(name).append(" --help'");
        context.failed(message.toString());
        return ExitCode.USAGE;
    }

    private static int failed(CommandContext context, Exception exception) {
        if (exception instanceof OutputClosed) {
            return ExitCode.UNAVAILABLE;
        }
        if (exception instanceof CommandFailure failure) {
            context.failed(String.valueOf(failure.getMessage()));
            return failure.exitCode();
        }
        if (exception instanceof QuorateException failure) {
            context.failed(String.valueOf(failure.getMessage()));
            return switch (failure.kind()) {
                case INVALID, NOT_FOUND, CONFLICT -> ExitCode.USAGE;
                case UNAVAILABLE, UNKNOWN -> ExitCode.UNAVAILABLE;
            };
        }
        if (exception instanceof InterruptedException) {
            context.failed("interrupted");
            return ExitCode.UNAVAILABLE;
        }
        if (exception instanceof IllegalArgumentException) {
            // Names, values, costs and entries are checked where they are made, with a message for people.
            context.failed(String.valueOf(exception.getMessage()));
            return ExitCode.USAGE;
        }
        context.failed("internal error: " + Causes.text(exception) + " ("
                + exception.getClass().getSimpleName() + "); QUORATE_DEBUG=1 shows where");
        context.trace(exception);
        return ExitCode.FAILED;
    }
}
