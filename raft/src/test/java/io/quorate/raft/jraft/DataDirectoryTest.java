package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
    private static final NodeId N1 = new NodeId("n1");

    @TempDir
    Path root;

    @Test
    void isTakenAgainByItsOwner() {
        Path data = root.resolve("a/b");
        DataDirectory.take(data, "prod", N1).close();
        try (DataDirectory again = DataDirectory.take(data, "prod", N1)) {
            assertThat(again.group(new GroupId(2))).isEqualTo(data.resolve("groups/g2"));
        }
    }

    @Test
    void refusesAnotherNodeOrCluster() {
        DataDirectory.take(root, "prod", N1).close();
        assertThatThrownBy(() -> DataDirectory.take(root, "prod", new NodeId("n2")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to cluster prod, node n1")
                .hasMessageContaining("node n2");
        assertThatThrownBy(() -> DataDirectory.take(root, "test", N1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cluster test");
        DataDirectory.take(root, "prod", N1).close();
    }

    @Test
    void refusesASecondUser() {
        try (DataDirectory first = DataDirectory.take(root, "prod", N1)) {
            assertThat(first.log()).isEqualTo(root.resolve("log"));
            assertThatThrownBy(() -> DataDirectory.take(root, "prod", N1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void refusesDataWithoutAnOwnerAndOtherFormats() throws IOException {
        Files.createDirectory(root.resolve("log"));
        assertThatThrownBy(() -> DataDirectory.take(root, "prod", N1)).hasMessageContaining("no file 'node'");
        Files.writeString(root.resolve("node"), "quorate-data 7\ncluster prod\nnode n1\n");
        assertThatThrownBy(() -> DataDirectory.take(root, "prod", N1)).hasMessageContaining("another format");
        Files.writeString(root.resolve("node"), "");
        assertThatThrownBy(() -> DataDirectory.take(root, "prod", N1)).hasMessageContaining("another format");
    }

    @Test
    void saysWhyItCannotBeUsed() throws IOException {
        Path file = Files.createFile(root.resolve("file"));
        assertThatThrownBy(() -> DataDirectory.take(file.resolve("data"), "prod", N1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(file.toString());
    }
}
