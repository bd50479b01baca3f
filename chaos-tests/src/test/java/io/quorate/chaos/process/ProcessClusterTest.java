package io.quorate.chaos.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that can't start says why. */
final class ProcessClusterTest {
    @TempDir
    Path directory;

    @Test
    void dataOfAnEarlierClusterIsRefusedBeforeAnythingIsStarted() throws IOException {
        Files.createDirectories(directory.resolve("n2/data/groups"));
        assertThatThrownBy(() -> ProcessCluster.start(new ProcessCluster.Shape(directory, 3, 1, 64, "")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("has data of an earlier cluster, of n2");
        assertThat(directory.resolve("n1/server.log")).doesNotExist();
    }

    @Test
    void aProcessThatEndedIsToldWithItsLastLines() {
        assertThatThrownBy(() -> ProcessCluster.start(new ProcessCluster.Shape(directory, 1, 1, 64, "grups: 8")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("n1 ended with")
                .hasMessageContaining("unknown key 'grups'");
    }
}
