package io.quorate.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import io.quorate.core.command.Command;
import io.quorate.protocol.NativeProtocol;
import io.quorate.protocol.v1.Acquire;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Entry;
import io.quorate.protocol.v1.Groups;
import io.quorate.protocol.v1.Hello;
import io.quorate.protocol.v1.Keys;
import io.quorate.protocol.v1.Limit;
import io.quorate.protocol.v1.Peek;
import io.quorate.protocol.v1.Refund;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Rule;
import io.quorate.protocol.v1.Rules;
import io.quorate.protocol.v1.Session;
import io.quorate.server.config.ServerLimits;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What clients must not send: each gets a clear error or a closed connection, nothing is applied, and the
 * node goes on serving others.
 */
class BadInputTest {
    private static final String NAMESPACE = "shop";
    private static final int GROUP = FakeNode.groupOf(NAMESPACE);

    private static FakeNode node;
    private static long session;

    private int appliedBefore;
    private boolean mayApply;

    @BeforeAll
    static void start() throws IOException {
        node = new FakeNode(ServerLimits.DEFAULT);
        node.put(TestClient.perClient(NAMESPACE, 1_000_000));
        try (TestClient client = TestClient.greeted(node.address())) {
            session = client.openSession(GROUP);
        }
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void count() {
        appliedBefore = node.applied();
    }

    @AfterEach
    void theNodeServesAndNothingWasApplied() throws IOException {
        if (!mayApply) {
            assertThat(node.applied()).as("commands applied").isEqualTo(appliedBefore);
        }
        try (TestClient client = TestClient.greeted(node.address())) {
            Response answer = client.ask(
                    TestClient.request(TestClient.acquire(GROUP, client.openSession(GROUP), 1, NAMESPACE, "good")));
            assertThat(answer.getDecision().getAllowed()).as(answer.toString()).isTrue();
        }
    }

    /** Bytes that end a connection, before or after hello, and what the error says. */
    static Stream<Arguments> badBytes() {
        byte[] hello = TestClient.frame(TestClient.hello().setCorrelationId(1).build());
        return Stream.of(
                arguments("length 0", false, hex("00000000"), "length must be 1 to 4096 bytes, not 0"),
                arguments("length -1", false, hex("ffffffff"), "length must be 1 to 4096 bytes, not 4294967295"),
                arguments("length 2^31-1", false, hex("7fffffff"), "length must be 1 to 4096 bytes, not 2147483647"),
                arguments("length 2^31", false, hex("80000000"), "length must be 1 to 4096 bytes, not 2147483648"),
                arguments("hello of 4097 bytes", false, hex("00001001"), "length must be 1 to 4096 bytes, not 4097"),
                arguments("length 0 after hello", true, hex("00000000"), "length must be 1 to 262144 bytes, not 0"),
                arguments("length over the bound", true, hex("00040001"), "must be 1 to 262144 bytes, not 262145"),
                arguments("1 MiB of zeros", true, new byte[1 << 20], "length must be 1 to 262144 bytes, not 0"),
                arguments("HTTP GET", false, ascii("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "length must be 1 to 4096"),
                arguments("TLS hello", false, hex("16030100a5010000a10303"), "length must be 1 to 4096 bytes"),
                arguments("SSH banner", false, ascii("SSH-2.0-OpenSSH_9.2\r\n"), "length must be 1 to 4096 bytes"),
                arguments("bolt frame", false, hex("02010001010000000101000bb8002c"), "length must be 1 to 4096"),
                arguments("hessian call", false, hex("6d01006d00047465737400"), "length must be 1 to 4096 bytes"),
                arguments("Redis command", false, ascii("*1\r\n$4\r\nPING\r\n"), "length must be 1 to 4096 bytes"),
                arguments("varint of 11 bytes", true, body("08ffffffffffffffffffff01"), "isn't a protobuf message"),
                arguments("field cut off", true, body("08"), "isn't a protobuf message"),
                arguments("field longer than its frame", true, body("1aff01"), "isn't a protobuf message"),
                arguments("field number 0", true, body("0001"), "isn't a protobuf message"),
                arguments("wire type 6", true, body("0e"), "isn't a protobuf message"),
                arguments("group that never began", true, body("0c"), "isn't a protobuf message"),
                arguments("group that never ends", true, body("0b"), "isn't a protobuf message"),
                arguments(
                        "invalid UTF-8 in a text", true, body("08013206320" + "4c328c328"), "isn't a protobuf message"),
                arguments("10,000 nested groups", true, TestClient.frame(nested(10_000)), "isn't a protobuf message"),
                arguments("garbage in the frame", true, body("fffefdfcfbfaf9f8"), "isn't a protobuf message"),
                arguments(
                        "no correlation id",
                        true,
                        TestClient.frame(Request.newBuilder()
                                .setGetRules(Rules.Get.getDefaultInstance())
                                .build()),
                        "correlation_id must be 1 or more"),
                arguments(
                        "hello without correlation id",
                        false,
                        TestClient.frame(TestClient.hello().build()),
                        "correlation_id must be 1 or more"),
                arguments(
                        "another request first",
                        false,
                        TestClient.frame(Request.newBuilder()
                                .setCorrelationId(1)
                                .setGetRules(Rules.Get.getDefaultInstance())
                                .build()),
                        "the first request of a connection must be hello"),
                arguments(
                        "no body first",
                        false,
                        TestClient.frame(
                                Request.newBuilder().setCorrelationId(1).build()),
                        "the first request of a connection must be hello"),
                arguments(
                        "hello as the wrong wire type",
                        false,
                        body("08011001"),
                        "the first request of a connection must be hello"),
                arguments("two hellos and then garbage", false, join(hello, hello, hex("00000000")), "hello was said"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badBytes")
    void bytesThatAreNoRequestsEndTheConnectionWithAReason(String what, boolean greeted, byte[] bytes, String error)
            throws IOException {
        try (TestClient client = greeted ? TestClient.greeted(node.address()) : new TestClient(node.address())) {
            client.sendBytes(bytes);
            StringBuilder errors = new StringBuilder();
            while (true) {
                Response response;
                try {
                    response = client.read();
                } catch (EOFException e) {
                    break;
                }
                if (response.hasFailure()) {
                    assertThat(response.getFailure().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
                    errors.append(response.getFailure().getMessage()).append('\n');
                }
            }
            assertThat(errors.toString()).contains(error);
        }
    }

    /** Requests that are messages but not right: the connection goes on. */
    static Stream<Arguments> badRequests() {
        String control = "a\u0000b";
        return Stream.of(
                bad("no body", Request.newBuilder(), Code.INVALID_ARGUMENT, "the request has no body"),
                bad("hello again", TestClient.hello(), Code.INVALID_ARGUMENT, "hello was said already"),
                acquire(
                        "cost -1",
                        a -> a.setCost(-1),
                        Code.INVALID_ARGUMENT,
                        "cost must be 1 to 1000000000 tokens, not" + " 18446744073709551615"),
                acquire("cost min", a -> a.setCost(Long.MIN_VALUE), Code.INVALID_ARGUMENT, "cost must be 1 to"),
                acquire("cost max", a -> a.setCost(Long.MAX_VALUE), Code.INVALID_ARGUMENT, "cost must be 1 to"),
                acquire("cost over", a -> a.setCost(Command.COST_MAX + 1), Code.INVALID_ARGUMENT, "cost must be 1 to"),
                acquire("session 0", a -> a.setSessionId(0), Code.INVALID_ARGUMENT, "session_id must be the id of"),
                acquire("session -1", a -> a.setSessionId(-1), Code.INVALID_ARGUMENT, "session_id must be the id of"),
                acquire("sequence 0", a -> a.setSequence(0), Code.INVALID_ARGUMENT, "sequence must be 1 or more"),
                acquire("sequence -1", a -> a.setSequence(-1), Code.INVALID_ARGUMENT, "sequence must be 1 or more"),
                acquire(
                        "acked above",
                        a -> a.setAckedBelow(2),
                        Code.INVALID_ARGUMENT,
                        "acked_below must be at most the"),
                acquire("acked -1", a -> a.setAckedBelow(-1), Code.INVALID_ARGUMENT, "acked_below must be at most the"),
                acquire("epoch 0", a -> a.setEpoch(0), Code.STALE_TOPOLOGY, "topology is of epoch 1, not 0"),
                acquire("epoch max", a -> a.setEpoch(-1), Code.STALE_TOPOLOGY, "topology is of epoch 1, not 1844"),
                acquire(
                        "group 0",
                        a -> a.setGroup(0),
                        Code.NOT_FOUND,
                        "this cluster has group 0 (meta) and data groups"),
                acquire("group 99", a -> a.setGroup(99), Code.NOT_FOUND, "not group 99"),
                acquire("group -1", a -> a.setGroup(-1), Code.NOT_FOUND, "not group 4294967295"),
                acquire("other group", a -> a.setGroup(3 - GROUP), Code.STALE_TOPOLOGY, "is decided by group " + GROUP),
                acquire(
                        "no such namespace",
                        a -> a.setNamespace("nope"),
                        Code.NOT_FOUND,
                        "namespace 'nope' has no rules; apply some with: quorate rules apply FILE"),
                acquire(
                        "hostile namespace",
                        a -> a.setNamespace("\u001b[31m${jndi:x}"),
                        Code.NOT_FOUND,
                        "namespace '?[31m${jndi:x}' has no rules"),
                acquire("empty namespace", a -> a.setNamespace(""), Code.NOT_FOUND, "namespace '' has no rules"),
                entry("name empty", "", "v", "entry name must be 1 to 64 characters"),
                entry("name with space", "a b", "v", "entry name must be 1 to 64 characters"),
                entry("name of 65", "n".repeat(65), "v", "entry name must be 1 to 64 characters"),
                entry("name with NUL", control, "v", "entry name must be 1 to 64 characters"),
                entry("name ../", "../a", "v", "entry name must be 1 to 64 characters"),
                entry("value with NUL", "n", control, "value of entry 'n' must have no control characters"),
                entry("value with CRLF", "n", "a\r\nb", "value of entry 'n' must have no control characters"),
                entry("value with ANSI", "n", "\u001b[31m", "value of entry 'n' must have no control characters"),
                entry("value of 257", "n", "v".repeat(257), "value of entry 'n' must be at most 256 bytes"),
                entry("value of 86 euros", "n", "€".repeat(86), "value of entry 'n' must be at most 256 bytes"),
                entry("name twice", "client", "b", "entry 'client' stands twice"),
                acquire(
                        "17 entries",
                        BadInputTest::seventeenEntries,
                        Code.INVALID_ARGUMENT,
                        "at most 16 entries, not 17"),
                acquire(
                        "129 entries",
                        a -> seventeenEntries(a)
                                .addAllEntries(a.getEntriesList())
                                .addAllEntries(a.getEntriesList())
                                .addAllEntries(a.getEntriesList()),
                        Code.INVALID_ARGUMENT,
                        "at most 16"),
                refund("count 0", r -> r.setCount(0), "count must be 1 to"),
                refund("count -1", r -> r.setCount(-1), "count must be 1 to"),
                refund("of itself", r -> r.setAcquireSequence(2), "acquire_sequence must be 1 or more and below"),
                refund("of sequence 0", r -> r.setAcquireSequence(0), "acquire_sequence must be 1 or more and below"),
                refund("session 0", r -> r.setSessionId(0), "session_id must be the id of an open session"),
                bad(
                        "peek cost -1",
                        Request.newBuilder()
                                .setPeek(Peek.newBuilder()
                                        .setGroup(GROUP)
                                        .setEpoch(1)
                                        .setNamespace(NAMESPACE)
                                        .setCost(-1)),
                        Code.INVALID_ARGUMENT,
                        "cost must be 1 to"),
                bad(
                        "session on meta",
                        Request.newBuilder().setOpenSession(Session.Open.getDefaultInstance()),
                        Code.NOT_FOUND,
                        "not group 0"),
                bad(
                        "client name of 65 bytes",
                        Request.newBuilder()
                                .setOpenSession(
                                        Session.Open.newBuilder().setGroup(1).setClientName("n".repeat(65))),
                        Code.INVALID_ARGUMENT,
                        "client_name must be at most 64 bytes"),
                bad(
                        "client name with newline",
                        Request.newBuilder()
                                .setOpenSession(
                                        Session.Open.newBuilder().setGroup(1).setClientName("a\nb")),
                        Code.INVALID_ARGUMENT,
                        "client_name must have no control characters"),
                bad(
                        "close session 0",
                        Request.newBuilder()
                                .setCloseSession(Session.Close.newBuilder().setGroup(1)),
                        Code.INVALID_ARGUMENT,
                        "session_id must"),
                rule("no limit", r -> r.clearLimit(), "namespace 'x': rule 'r': limit is missing"),
                rule(
                        "no algorithm",
                        r -> r.getLimitBuilder().clearAlgorithm(),
                        "algorithm must be one of token-bucket"),
                rule("amount 0", r -> r.getLimitBuilder().setAmount(0), "rule 'r': amount must be 1 to"),
                rule("amount max", r -> r.getLimitBuilder().setAmount(-1), "rule 'r': amount must be 1 to"),
                rule("period 0", r -> r.getLimitBuilder().setPeriodMillis(0), "rule 'r': period must be 1 ms to"),
                rule(
                        "period 101 years",
                        r -> r.getLimitBuilder().setPeriodMillis(101L * 365 * 86_400_000),
                        "rule 'r': period must be 1 ms to"),
                rule("burst of a window", r -> r.getLimitBuilder().setBurst(3), "fixed-window has no burst"),
                rule("id empty", r -> r.setId(""), "rule id must be 1 to 64 characters"),
                rule("id with slash", r -> r.setId("a/b"), "rule id must be 1 to 64 characters"),
                rule("mode", r -> r.setMode("maybe"), "mode must be enforce, shadow or disabled, not 'maybe'"),
                rule(
                        "entry matched twice",
                        r -> r.addMatch(Rule.Match.newBuilder()
                                        .setName("client")
                                        .setPattern("*"))
                                .addMatch(Rule.Match.newBuilder()
                                        .setName("client")
                                        .setPattern("*")),
                        "is matched twice"),
                rule(
                        "pattern of 257",
                        r -> r.addMatch(Rule.Match.newBuilder().setName("a").setPattern("v".repeat(257))),
                        "must be at most 256 bytes"),
                bad(
                        "rule twice",
                        Request.newBuilder()
                                .setPutRules(TestClient.perClient("x", 1)
                                        .addRules(TestClient.perClient("x", 1).getRules(0))),
                        Code.INVALID_ARGUMENT,
                        "rule id 'per-client' stands twice"),
                bad(
                        "colocate by what isn't matched",
                        Request.newBuilder()
                                .setPutRules(TestClient.perClient("x", 1).setColocate("user")),
                        Code.INVALID_ARGUMENT,
                        "rule 'per-client' must match {user: \"*\"}"),
                bad(
                        "namespace of rules",
                        Request.newBuilder().setPutRules(TestClient.perClient("a b", 1)),
                        Code.INVALID_ARGUMENT,
                        "namespace must be 1 to 64 characters"),
                bad(
                        "if_version -1",
                        Request.newBuilder()
                                .setPutRules(TestClient.perClient("x", 1).setIfVersion(-1)),
                        Code.INVALID_ARGUMENT,
                        "if_version must be a version"),
                bad(
                        "fence 0",
                        Request.newBuilder()
                                .setFenceRules(Rules.Fence.newBuilder().setGroup(1)),
                        Code.INVALID_ARGUMENT,
                        "version must be one that Rules.Put gave"),
                bad(
                        "fence of meta",
                        Request.newBuilder()
                                .setFenceRules(Rules.Fence.newBuilder().setVersion(1)),
                        Code.NOT_FOUND,
                        "not group 0"),
                bad(
                        "cursor of another namespace",
                        Request.newBuilder()
                                .setListKeys(Keys.List.newBuilder()
                                        .setGroup(GROUP)
                                        .setNamespace(NAMESPACE)
                                        .setCursor(ByteString.copyFromUtf8("zzz"))),
                        Code.INVALID_ARGUMENT,
                        "cursor must be empty or the last page's next_cursor"),
                bad(
                        "cursor of 100 KiB",
                        Request.newBuilder()
                                .setListKeys(Keys.List.newBuilder()
                                        .setGroup(GROUP)
                                        .setNamespace(NAMESPACE)
                                        .setCursor(ByteString.copyFrom(new byte[100_000]))),
                        Code.INVALID_ARGUMENT,
                        "cursor must be empty or the last page's next_cursor"),
                bad(
                        "keys of no namespace",
                        Request.newBuilder().setListKeys(Keys.List.newBuilder().setGroup(GROUP)),
                        Code.INVALID_ARGUMENT,
                        "namespace must be 1 to 64 characters"),
                bad(
                        "inspect without values",
                        Request.newBuilder()
                                .setInspectKey(Keys.Inspect.newBuilder()
                                        .setGroup(GROUP)
                                        .setNamespace(NAMESPACE)
                                        .setRule("per-client")),
                        Code.INVALID_ARGUMENT,
                        "rule 'per-client' counts by client; so 1 values are needed, not 0"),
                bad(
                        "inspect no such rule",
                        Request.newBuilder()
                                .setInspectKey(Keys.Inspect.newBuilder()
                                        .setGroup(GROUP)
                                        .setNamespace(NAMESPACE)
                                        .setRule("none")
                                        .addValues("a")),
                        Code.NOT_FOUND,
                        "namespace 'shop' has no rule 'none'"),
                bad(
                        "reset in another group",
                        Request.newBuilder()
                                .setResetKey(Keys.Reset.newBuilder()
                                        .setGroup(3 - GROUP)
                                        .setNamespace(NAMESPACE)
                                        .setRule("per-client")
                                        .addValues("a")),
                        Code.STALE_TOPOLOGY,
                        "this counter is in group " + GROUP),
                bad(
                        "describe group 64",
                        Request.newBuilder()
                                .setDescribeGroup(Groups.Describe.newBuilder().setGroup(64)),
                        Code.NOT_FOUND,
                        "not group 64"),
                bad(
                        "transfer to nobody",
                        Request.newBuilder()
                                .setTransferLeader(Groups.TransferLeader.newBuilder()
                                        .setGroup(1)
                                        .setTo("n9")),
                        Code.INVALID_ARGUMENT,
                        "there is no node 'n9'; nodes are n1, n2"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badRequests")
    void requestsThatAreWrongAreRefusedAndTheConnectionGoesOn(
            String what, Request.Builder request, Code code, String message) throws IOException {
        try (TestClient client = TestClient.greeted(node.address())) {
            for (int i = 0; i < 2; i++) {
                Response response = client.ask(request);
                assertThat(response.getFailure().getCode())
                        .as(response.toString())
                        .isEqualTo(code);
                assertThat(response.getFailure().getMessage()).contains(message);
            }
        }
    }

    @Test
    void anotherVersionOrClusterIsIncompatible() throws IOException {
        Hello.Builder[] hellos = {
            Hello.newBuilder().setProtocolVersion(NativeProtocol.VERSION + 1),
            Hello.newBuilder(),
            Hello.newBuilder().setProtocolVersion(NativeProtocol.VERSION).setClusterId("other")
        };
        for (Hello.Builder hello : hellos) {
            try (TestClient client = new TestClient(node.address())) {
                Response response = client.ask(Request.newBuilder().setHello(hello));
                assertThat(response.getFailure().getCode()).isEqualTo(Code.INCOMPATIBLE);
                assertThat(endOf(client)).isTrue();
            }
        }
    }

    @Test
    void unknownFieldsAreIgnored() throws IOException {
        try (TestClient client = TestClient.greeted(node.address())) {
            byte[] known = Request.newBuilder()
                    .setCorrelationId(7)
                    .setGetRules(Rules.Get.newBuilder().setNamespace(NAMESPACE))
                    .build()
                    .toByteArray();
            client.sendBytes(TestClient.frame(join(known, hex("fa3f03616263"))));
            Response response = client.read();
            assertThat(response.getCorrelationId()).isEqualTo(7);
            assertThat(response.getRules().getNamespace()).isEqualTo(NAMESPACE);
        }
    }

    @Test
    void aConnectionCutAnywhereInAFrameLeavesNothing() throws IOException {
        byte[] frame = TestClient.frame(TestClient.request(TestClient.acquire(GROUP, session, 1, NAMESPACE, "cut"))
                .setCorrelationId(1)
                .build());
        for (int cut = 1; cut < frame.length; cut++) {
            try (TestClient client = TestClient.greeted(node.address())) {
                client.sendBytes(Arrays.copyOf(frame, cut));
                if (cut % 2 == 0) {
                    client.socket().setSoLinger(true, 0); // reset
                } else {
                    client.socket().shutdownOutput();
                    assertThat(endOf(client)).isTrue();
                }
            }
        }
    }

    @Test
    void randomDamageToAValidFrameNeverHurtsOthers() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + seed);
        mayApply = true; // a flipped bit can make another, valid request
        Random random = new Random(seed);
        byte[] frame = TestClient.frame(Request.newBuilder()
                .setCorrelationId(9)
                .setPeek(Peek.newBuilder()
                        .setGroup(GROUP)
                        .setEpoch(1)
                        .setNamespace(NAMESPACE)
                        .addEntries(Entry.newBuilder().setName("client").setValue("42"))
                        .setCost(3))
                .build());
        for (int i = 0; i < 500; i++) {
            byte[] damaged = frame.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try (TestClient client = TestClient.greeted(node.address())) {
                client.sendBytes(damaged);
                client.socket().shutdownOutput();
                while (!endOf(client)) {
                    // an answer to what the damage has made of it
                }
            }
        }
    }

    /** Whether the server has closed; reads a response if it hasn't. */
    private static boolean endOf(TestClient client) throws IOException {
        try {
            client.read();
            return false;
        } catch (EOFException | SocketException e) {
            return true;
        }
    }

    private static Arguments bad(String what, Request.Builder request, Code code, String message) {
        return arguments(what, request, code, message);
    }

    private static Arguments acquire(String what, UnaryOperator<Acquire.Builder> change, Code code, String message) {
        Acquire.Builder good = TestClient.acquire(GROUP, 1, 1, NAMESPACE, "a");
        return arguments("acquire: " + what, TestClient.request(change.apply(good)), code, message);
    }

    private static Arguments entry(String what, String name, String value, String message) {
        return acquire(
                "entry " + what,
                a -> a.addEntries(Entry.newBuilder().setName(name).setValue(value)),
                Code.INVALID_ARGUMENT,
                message);
    }

    private static Acquire.Builder seventeenEntries(Acquire.Builder acquire) {
        for (int i = 0; i < 16; i++) {
            acquire.addEntries(Entry.newBuilder().setName("n" + i).setValue("v"));
        }
        return acquire;
    }

    private static Arguments refund(String what, UnaryOperator<Refund.Builder> change, String message) {
        Refund.Builder good = Refund.newBuilder()
                .setGroup(GROUP)
                .setEpoch(1)
                .setSessionId(1)
                .setSequence(2)
                .setAcquireSequence(1)
                .setCount(1);
        return arguments(
                "refund: " + what, Request.newBuilder().setRefund(change.apply(good)), Code.INVALID_ARGUMENT, message);
    }

    private static Arguments rule(String what, Consumer<Rule.Builder> change, String message) {
        Rule.Builder good = Rule.newBuilder()
                .setId("r")
                .setLimit(Limit.newBuilder()
                        .setAlgorithm("fixed-window")
                        .setAmount(1)
                        .setPeriodMillis(1000));
        change.accept(good);
        return arguments(
                "rule: " + what,
                Request.newBuilder()
                        .setPutRules(Rules.Put.newBuilder().setNamespace("x").addRules(good)),
                Code.INVALID_ARGUMENT,
                message);
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] body(String hex) {
        return TestClient.frame(hex(hex));
    }

    private static byte[] nested(int depth) {
        byte[] bytes = new byte[2 * depth];
        Arrays.fill(bytes, 0, depth, (byte) 0x0b);
        Arrays.fill(bytes, depth, 2 * depth, (byte) 0x0c);
        return bytes;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
