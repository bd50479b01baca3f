package io.quorate.cli.rulefile;

import io.quorate.core.rule.RuleSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The rules of one namespace as a YAML file.
 *
 * <pre>{@code
 * namespace: shop
 * rules:
 *   - id: per-client
 *     match: {client: "*"}
 *     limit: {algorithm: gcra, amount: 60, period: 60s, burst: 20}
 * }</pre>
 */
public final class RuleFile {
    /** Most bytes of a rule file. */
    public static final int SIZE_BYTES_MAX = 1 << 27;

    private RuleFile() {}

    /** Reads a file; one that can't be read is a problem like any other. */
    public static ParsedRules parse(Path file) {
        String name = file.toString();
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(SIZE_BYTES_MAX + 1);
        } catch (NoSuchFileException e) {
            return whole(name, "no such file", "give the path of a rule file");
        } catch (AccessDeniedException e) {
            return whole(name, "not allowed to read it", "give the path of a readable rule file");
        } catch (IOException e) {
            String what = Files.isDirectory(file) ? "is a directory" : "can't be read: " + e.getMessage();
            return whole(name, what, "give the path of a rule file");
        }
        if (bytes.length > SIZE_BYTES_MAX) {
            return whole(name, "larger than " + SIZE_BYTES_MAX + " bytes", "keep a rule file below 128 MiB");
        }
        return parse(name, bytes);
    }

    /** Reads a text; {@code name} stands for the file in problems. */
    public static ParsedRules parse(String name, String text) {
        Problems problems = new Problems(name);
        if (text.length() > SIZE_BYTES_MAX) {
            return whole(name, "larger than " + SIZE_BYTES_MAX + " bytes", "keep a rule file below 128 MiB");
        }
        String body = text.startsWith("\ufeff") ? text.substring(1) : text;
        if (Tabs.indent(problems, body)) {
            return problems.bad();
        }
        Optional<YamlNode> root = YamlReader.read(problems, body, SIZE_BYTES_MAX);
        Optional<ParsedRules.Good> rules = root.flatMap(node -> new RuleReader(problems).ruleSet(node));
        return problems.none() && rules.isPresent() ? rules.get() : problems.bad();
    }

    /** The rules as a file that reads back as the same rules. */
    public static String print(RuleSet rules) {
        return RulePrinter.print(rules);
    }

    private static ParsedRules parse(String name, byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer chars = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), chars, true);
        chars.flip();
        String text = chars.toString();
        if (result.isError()) {
            Problems problems = new Problems(name);
            Place place = Place.ofCodePoint(text, text.codePointCount(0, text.length()));
            problems.add(place.line(), place.column(), "a byte that isn't UTF-8", "save the file as UTF-8");
            return problems.bad();
        }
        return parse(name, text);
    }

    private static ParsedRules whole(String file, String what, String advice) {
        Problems problems = new Problems(file);
        problems.add(0, 0, what, advice);
        return problems.bad();
    }
}
