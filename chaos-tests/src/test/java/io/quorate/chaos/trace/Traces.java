package io.quorate.chaos.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** The traces that tests replay: CSV with the columns t_ms, client, endpoint, cost; the recorded ones as gzip. */
final class Traces {
    private Traces() {}

    /** A made trace, and the recorded ones if they are there. */
    static Map<String, byte[]> all() throws IOException {
        Map<String, byte[]> traces = new TreeMap<>();
        traces.put("made", made());
        String folder = System.getProperty("quorate.traces", "");
        if (!folder.isEmpty()) {
            try (Stream<Path> files = Files.find(Path.of(folder), 2, (p, a) -> p.endsWith("normalized.csv.gz"))) {
                for (Path file : files.sorted().toList()) {
                    traces.put(file.getParent().getFileName().toString(), Files.readAllBytes(file));
                }
            }
            assertThat(traces).as("traces in " + folder).hasSizeGreaterThan(1);
        }
        return traces;
    }

    /** Eight clients, three endpoints, some costs that no limit grants; half an hour. */
    static byte[] made() {
        long seed = Long.getLong("seed", 20_261_124L);
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder csv = new StringBuilder("t_ms,client,endpoint,cost\n");
        long at = 0;
        for (int i = 0; i < 4_000; i++) {
            at += random.nextInt(10) < 3 ? 0 : random.nextInt(1_500);
            csv.append(at)
                    .append(",c")
                    .append(random.nextInt(8))
                    .append(",GET /")
                    .append("stu".charAt(random.nextInt(3)));
            csv.append(',')
                    .append(random.nextInt(50) == 0 ? 5_000 : 1 + random.nextInt(3))
                    .append('\n');
        }
        return csv.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The lines of a recorded trace that came within so many minutes of its first. */
    static byte[] firstMinutes(byte[] gzip, int minutes) throws IOException {
        StringBuilder kept = new StringBuilder();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(new ByteArrayInputStream(gzip)), StandardCharsets.UTF_8))) {
            kept.append(lines.readLine()).append('\n');
            long untilMillis = -1;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                long atMillis = Long.parseLong(line.substring(0, line.indexOf(',')));
                untilMillis = untilMillis < 0 ? atMillis + minutes * 60_000L : untilMillis;
                if (atMillis >= untilMillis) {
                    break;
                }
                kept.append(line).append('\n');
            }
        }
        return kept.toString().getBytes(StandardCharsets.UTF_8);
    }
}
