package io.quorate.client.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuorateClientExampleTest extends FakeClusterTest {
    private static final Path HERE = Path.of("src/test/java/io/quorate/client/api/QuorateClientExample.java");
    private static final Path DOCUMENTED = Path.of("src/main/java/io/quorate/client/api/QuorateClient.java");

    @Test
    void theDocumentedExampleIsTheOneThatCompiles() throws IOException {
        List<String> code = between(Files.readAllLines(HERE), "        // begin", "        // end", "        ");
        List<String> documented = between(Files.readAllLines(DOCUMENTED), " * <pre>{@code", " * }</pre>", " * ");
        assertThat(code).isNotEmpty();
        assertThat(documented).isEqualTo(code);
    }

    private static List<String> between(List<String> lines, String first, String last, String indent) {
        List<String> found = new ArrayList<>();
        for (String line : lines.subList(lines.indexOf(first) + 1, lines.indexOf(last))) {
            found.add(line.startsWith(indent) ? line.substring(indent.length()) : line);
        }
        return found;
    }

    @Test
    void theExampleRuns() {
        model.capacity(3, 500);
        QuorateClientExample example = new QuorateClientExample();
        example.search(n1.address(), n2.address());
        assertThat(example.done).containsExactly("searched");
        model.capacity(0, 500);
        example.search(n1.address(), n2.address());
        assertThat(example.done).last().isEqualTo("too many for all, again after Optional[PT0.5S]");
    }
}
