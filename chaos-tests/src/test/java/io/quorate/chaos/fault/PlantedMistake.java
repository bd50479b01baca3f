package io.quorate.chaos.fault;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A mistake in one class of the product, made in a copy of its source, for processes that are to be caught at it.
 *
 * <p>So the product needs no switch for it, and whoever changes the line is told that the mistake is to be planted
 * elsewhere.
 *
 * @param source of the class, from the project's folder
 * @param right as the line stands there
 * @param wrong what takes its place
 */
record PlantedMistake(String source, String right, String wrong) {
    static final PlantedMistake SKIPPED_DEDUPE = new PlantedMistake(
            "core/src/main/java/io/quorate/core/machine/Session.java",
            "return answers.has(sequence);",
            "return false;");

    static final PlantedMistake FORGOTTEN_LEASE = new PlantedMistake(
            "core/src/main/java/io/quorate/core/lease/LeaseArithmetic.java",
            "return lending.spend(state, atMillis, unreported);",
            "return lending.giveBack(state, atMillis, unreported);");

    /** Compiles the class with the mistake; gives the folder that has it. */
    Path compile(Path folder) throws IOException {
        String text = Files.readString(projectFolder().resolve(source));
        if (text.indexOf(right) < 0 || text.indexOf(right) != text.lastIndexOf(right)) {
            throw new IllegalStateException(source + " hasn't exactly one '" + right + "'");
        }
        Path file = folder.resolve("src").resolve(Path.of(source).getFileName());
        Path classes = folder.resolve("classes");
        Files.createDirectories(file.getParent());
        Files.createDirectories(classes);
        Files.writeString(file, text.replace(right, wrong));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean made = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of("-d", classes.toString(), "-proc:none", "-nowarn"),
                            null,
                            files.getJavaFileObjects(file))
                    .call();
            if (!made) {
                throw new IllegalStateException("the mistake can't be compiled: " + messages);
            }
        }
        return classes;
    }

    /** Tests run in the folder of their module, or in the project's. */
    private static Path projectFolder() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("core"))
                ? here
                : here.resolveSibling("core").getParent();
    }
}
