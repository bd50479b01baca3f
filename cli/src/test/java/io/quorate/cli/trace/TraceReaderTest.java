package io.quorate.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.cli.trace.MalformedLines.Malformed;
import io.quorate.core.rule.Descriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceReaderTest {
    private static final String CSV = "t_ms,client,endpoint,cost\n0,a,/x,5\n4000,b,\"GET /m?1,2\",0\n";
    private static final String COMMON =
            "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif?a=b HTTP/1.0\" 200 2326";

    @TempDir
    private Path folder;

    private record ReadTrace(
            String format, List<TraceRequest> requests, List<Malformed> malformed, long malformedCount) {}

    @Test
    void csvColumnsAreTimeCostAndEntries() throws TraceException {
        ReadTrace read = read(CSV);
        assertThat(read.format()).isEqualTo("CSV");
        assertThat(read.requests())
                .containsExactly(
                        new TraceRequest(2, 0, 5, Descriptor.of("client", "a", "endpoint", "/x")),
                        new TraceRequest(3, 4000, 0, Descriptor.of("client", "b", "endpoint", "GET /m?1,2")));
        assertThat(read.malformed()).isEmpty();
    }

    @Test
    void csvMayHaveAnyOrderAndFurtherColumnsAndNoCost() throws TraceException {
        ReadTrace read = read("tenant,t_ms,user\r\ngold,12,\"say \"\"hi\"\"\"\r\n,13,\r\n");
        assertThat(read.requests())
                .containsExactly(
                        new TraceRequest(2, 12, 1, Descriptor.of("tenant", "gold", "user", "say \"hi\"")),
                        new TraceRequest(3, 13, 1, Descriptor.of("tenant", "", "user", "")));
    }

    @Test
    void commonLogFormatGivesFourEntries() throws TraceException {
        ReadTrace read = read(COMMON + "\n");
        assertThat(read.format()).isEqualTo("access log");
        assertThat(read.requests())
                .containsExactly(new TraceRequest(
                        1,
                        971_211_336_000L,
                        1,
                        Descriptor.of(
                                "client",
                                "127.0.0.1",
                                "method",
                                "GET",
                                "endpoint",
                                "/apache_pb.gif",
                                "status",
                                "200")));
    }

    @Test
    void combinedLogFormatGivesTheAgentToo() throws TraceException {
        ReadTrace read = read("::1 - - [01/Jan/1970:01:00:01 +0100] \"POST /a b HTTP/1.1\" 404 -"
                + " \"http://r/?q\" \"curl \\\"8\\\" \\\\o\"\n");
        assertThat(read.requests())
                .containsExactly(new TraceRequest(
                        1,
                        1000,
                        1,
                        Descriptor.of(
                                "client",
                                "::1",
                                "method",
                                "POST",
                                "endpoint",
                                "/a b",
                                "status",
                                "404",
                                "agent",
                                "curl \"8\" \\o")));
    }

    @Test
    void requestsWithoutVersionAreRead() throws TraceException {
        assertThat(read("h - - [10/Oct/2000:13:55:36 +0000] \"GET /old\" 200 1\n")
                        .requests()
                        .get(0)
                        .descriptor())
                .isEqualTo(Descriptor.of("client", "h", "method", "GET", "endpoint", "/old", "status", "200"));
    }

    @Test
    void gzipIsFoundByItsFirstBytesWhateverTheName() throws IOException, TraceException {
        Path file = Files.write(folder.resolve("trace.csv"), gzip(CSV.getBytes(StandardCharsets.UTF_8)));
        try (TraceReader reader = TraceReader.open(file)) {
            assertThat(reader.next()).isNotNull();
            assertThat(reader.next()).isNotNull();
            assertThat(reader.next()).isNull();
            assertThat(reader.bytesRead()).isEqualTo(Files.size(file));
        }
    }

    @Test
    void malformedLinesAreCountedWithTheirNumbersAndNothingElseIsLost() throws TraceException {
        ReadTrace read = read("t_ms,client,cost\n1,a,1\nx,b,1\n2,c\n3,\"d,1\n4,e,1\n\n5,f\u0001,1\n6,g,-1\n7,h,1");
        assertThat(read.requests()).extracting(TraceRequest::line).containsExactly(2L, 6L, 10L);
        assertThat(read.malformedCount()).isEqualTo(5);
        assertThat(read.malformed()).extracting(Malformed::line).containsExactly(3L, 4L, 5L, 8L, 9L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "x,a,1 | t_ms must be a whole number, 0 or more, not 'x'",
                "-1,a,1 | t_ms must be a whole number, 0 or more, not '-1'",
                "1.5,a,1 | t_ms must be a whole number",
                ",a,1 | t_ms is empty",
                "999999999999999999999,a,1 | t_ms must be at most 253402300799999",
                "1,a | 2 fields, but the header has 3",
                "1,a,1,1 | 4 fields, but the header has 3",
                "1,a,one | cost must be a whole number, 0 or more, not 'one'",
                "1,a,1000000001 | cost must be at most 1000000000, not 1000000001",
                "1,a, | cost is empty",
                "1,\"a,1 | has a quote that isn't closed in its line",
                "1,\"a\"b,1 | goes on after its closing quote",
                "1,a\"b,1 | has a quote inside",
            })
    void badCsvLinesSayWhatIsWrong(String line, String reason) throws TraceException {
        ReadTrace read = read("t_ms,client,cost\n" + line + "\n5,ok,1\n");
        assertThat(read.requests()).hasSize(1);
        assertThat(read.malformed()).hasSize(1);
        assertThat(read.malformed().get(0).line()).isEqualTo(2);
        assertThat(read.malformed().get(0).reason()).contains(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "hello | no access log line",
                "h - - [10/Oct/2000:13:55:36] \"GET / HTTP/1.0\" 200 1 | time in brackets must be like",
                "h - - [32/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1 | no such time: 32/Oct/2000",
                "h - - [10/Okt/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1 | no such time: 10/Okt/2000",
                "h - - [29/Feb/2001:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1 | no such time: 29/Feb/2001",
                "h - - [10/Oct/2000:24:55:36 -0700] \"GET / HTTP/1.0\" 200 1 | no such time",
                "h - - [10/Oct/2000:13:55:36 *0700] \"GET / HTTP/1.0\" 200 1 | no such time",
                "h - - [01/Jan/1960:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1 | before 1970",
                "h - - [10/Oct/2000:13:55:36 -0700] GET / HTTP/1.0 200 1 | request must stand in quotes",
                "h - - [10/Oct/2000:13:55:36 -0700] \"-\" 408 - | the request '-' has no method and target",
                "h - - [10/Oct/2000:13:55:36 -0700] \"GET HTTP/1.0\" 400 - | has no target",
                "h - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 2000 1 | status must be three digits",
                "h - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 | bytes is missing",
                "h - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 x | bytes must be a whole number",
                "h - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0 200 1 | quote that isn't closed",
                "h - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1 \"-\" | agent is missing",
            })
    void badLogLinesSayWhatIsWrong(String line, String reason) throws TraceException {
        ReadTrace read = read(line + "\n" + COMMON + "\n");
        assertThat(read.requests()).extracting(TraceRequest::line).containsExactly(2L);
        assertThat(read.malformed()).hasSize(1);
        assertThat(read.malformed().get(0).reason()).contains(reason);
    }

    @Test
    void valuesThatQuorateRefusesMakeTheLineMalformed() throws TraceException {
        ReadTrace read = read("t_ms,client\n1," + "x".repeat(257) + "\n2," + "x".repeat(256) + "\n");
        assertThat(read.requests()).extracting(TraceRequest::line).containsExactly(3L);
        assertThat(read.malformed().get(0).reason()).contains("value of entry 'client' must be at most 256 bytes");
    }

    @Test
    void linesBeyondTheBoundAndBytesThatArentUtf8SpoilOnlyThemselves() throws TraceException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("t_ms,client\n1,".getBytes(StandardCharsets.UTF_8));
        byte[] huge = new byte[1 << 20];
        Arrays.fill(huge, (byte) 'x');
        bytes.writeBytes(huge);
        bytes.writeBytes("\n2,a\n3,".getBytes(StandardCharsets.UTF_8));
        bytes.write(0xff);
        bytes.writeBytes("\n4,\u00fc\n5,".getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(Arrays.copyOf(huge, LineSource.LINE_BYTES_MAX));
        ReadTrace read = read(bytes.toByteArray());
        assertThat(read.requests()).extracting(TraceRequest::line).containsExactly(3L, 5L);
        assertThat(read.malformed())
                .containsExactly(
                        new Malformed(2, "longer than 65536 bytes"),
                        new Malformed(4, "not UTF-8"),
                        new Malformed(6, "longer than 65536 bytes"));
    }

    @Test
    void allMalformedLinesAreCountedButNotAllKept() throws TraceException {
        ReadTrace read = read("t_ms,client\n" + "bad\n".repeat(5_000) + "1,a\n");
        assertThat(read.malformedCount()).isEqualTo(5_000);
        assertThat(read.malformed()).hasSize(MalformedLines.KEPT_MAX);
        assertThat(read.requests()).hasSize(1);
    }

    @Test
    void traceWithoutAFormatIsRefused() {
        refused("", "the trace is empty");
        refused("\n\n", "the trace is empty");
        refused("0,conv,/v1/conv,418\n", "neither a CSV file whose first line is a header with a column t_ms");
        refused("t_ms,t_ms\n", "column 't_ms' stands twice");
        refused("t_ms,user agent\n", "the name of a column must be 1 to 64 characters");
        refused("t_ms,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\n", "at most 16 entries, but the header names 17");
    }

    @Test
    void damagedGzipIsSaidSo() throws IOException {
        byte[] whole = gzip(CSV.repeat(1000).getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> read(Arrays.copyOf(whole, whole.length - 10)))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("trace: the gzip data is damaged or ends early");
    }

    @Test
    void filesThatCantBeReadAreNamed() {
        assertThatThrownBy(() -> TraceReader.open(folder.resolve("none")))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("none: no such file");
        assertThatThrownBy(() -> TraceReader.open(folder))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("is a directory");
    }

    private static void refused(String text, String words) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(TraceException.class).hasMessageContaining(words);
    }

    private static ReadTrace read(String text) throws TraceException {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ReadTrace read(byte[] bytes) throws TraceException {
        try (TraceReader reader = TraceReader.open("trace", new ByteArrayInputStream(bytes))) {
            List<TraceRequest> requests = new ArrayList<>();
            for (TraceRequest request = reader.next(); request != null; request = reader.next()) {
                requests.add(request);
            }
            return new ReadTrace(
                    reader.formatName(),
                    requests,
                    reader.malformed().kept(),
                    reader.malformed().count());
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
