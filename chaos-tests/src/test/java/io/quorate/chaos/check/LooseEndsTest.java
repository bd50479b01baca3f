package io.quorate.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LooseEndsTest {
    @TempDir
    private Path folder;

    @Test
    void entriesOfTheLastTermBeforeAGapAreLoose() throws IOException {
        RunFolder run = new RunFolder(folder);
        Path dump = run.dump("n1");
        Files.createDirectories(dump.getParent());
        Files.writeString(dump, """
                {"group":1,"index":7,"term":1,"digest":"a3f0385d6dc86fca"}
                {"group":1,"index":8,"term":2,"digest":"a3f0385d6dc86fca"}
                {"group":1,"index":9,"term":2,"digest":"a3f0385d6dc86fca"}
                {"group":1,"missing_from":10,"missing_to":19}
                {"group":1,"index":20,"term":2,"digest":"a3f0385d6dc86fca"}
                {"group":1,"index":21,"term":2,"digest":"a3f0385d6dc86fca"}
                {"group":2,"index":1,"term":1,"digest":"a3f0385d6dc86fca"}
                """);

        LooseEnds ends = LooseEnds.of(run, "n1");
        assertThat(ends.has(1, 7)).as("a term that another followed").isFalse();
        assertThat(ends.has(1, 8)).isTrue();
        assertThat(ends.has(1, 9)).isTrue();
        assertThat(ends.has(1, 20)).as("behind the gap").isFalse();
        assertThat(ends.has(1, 21)).as("the end of the log").isFalse();
        assertThat(ends.has(2, 1)).isFalse();
    }
}
