package io.quorate.chaos.fault;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
 * @param edits lines as they stand there, and what takes their places
 */
record PlantedMistake(String source, Map<String, String> edits) {
    /** A repeat is decided again; its second answer and grant aren't kept, so that nothing else is wrong. */
    static final PlantedMistake SKIPPED_DEDUPE = new PlantedMistake(
            "core/src/main/java/io/quorate/core/machine/Session.java",
            Map.of(
                    "return answers.has(sequence);",
                    "return false;",
                    "answers.add(sequence, payloadHash, applied);",
                    "if (!answers.has(sequence)) answers.add(sequence, payloadHash, applied);",
                    "if (grant.holdsPermits()) {",
                    "if (grant(grant.sequence()).isPresent()) { return; } else if (grant.holdsPermits()) {"));

    static final PlantedMistake FORGOTTEN_LEASE = new PlantedMistake(
            "core/src/main/java/io/quorate/core/lease/LeaseArithmetic.java",
            Map.of(
                    "return lending.spend(state, atMillis, unreported);",
                    "return lending.giveBack(state, atMillis, unreported);"));

    /** Compiles the class with the mistake; gives the folder that has it. */
    Path compile(Path folder) throws IOException {
        String text = Files.readString(projectFolder().resolve(source));
        for (Map.Entry<String, String> edit : edits.entrySet()) {
            String right = edit.getKey();
            if (text.indexOf(right) < 0 || text.indexOf(right) != text.lastIndexOf(right)) {
                throw new IllegalStateException(source + " hasn't exactly one '" + right + "'");
            }
            text = text.replace(right, edit.getValue());
        }
        Path file = folder.resolve("src").resolve(Path.of(source).getFileName());
        Path classes = folder.resolve("classes");
        Files.createDirectories(file.getParent());
        Files.createDirectories(classes);
        Files.writeString(file, text);
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
