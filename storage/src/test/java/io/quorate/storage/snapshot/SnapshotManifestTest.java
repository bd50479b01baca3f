package io.quorate.storage.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.machine.Header;
import io.quorate.storage.codec.ByteWriter;
import io.quorate.storage.codec.HeaderCodec;
import io.quorate.storage.codec.MalformedException;
import io.quorate.storage.codec.RowKind;
import io.quorate.storage.snapshot.SnapshotManifest.SnapshotFile;
import io.quorate.storage.snapshot.SnapshotManifest.StoreKind;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotManifestTest {
    private static final SnapshotManifest MANIFEST = new SnapshotManifest(
            StoreKind.ROCKS,
            Header.EMPTY,
            List.of(new SnapshotFile("000009.sst", 4711, 0x12345678), new SnapshotFile("CURRENT", 16, -1)));
    /** Version 1, with a header of version 3. */
    private static final String GOLDEN =
            "010602190301000000000101000000000000000000000000005cb98edd020a3030303030392e737374e724785634120"
                    + "743555252454e5410ffffffff6efbd5ea";
    /** Version 1, with a header of version 2. */
    private static final String GOLDEN_HEADER_V2 =
            "0106021802010000000001010000000000000000000000008098ac0f020a3030303030392e737374e7247856341207"
                    + "43555252454e5410ffffffff927fe26b";
    /** Version 1, with a header of version 1. */
    private static final String GOLDEN_HEADER_V1 =
            "01060216010100000000010100000000000000000000a130a83f020a3030303030392e737374e7247856341207"
                    + "43555252454e5410ffffffff17073bb7";

    @Test
    void goldenBytesStayReadable() {
        for (String golden : List.of(GOLDEN, GOLDEN_HEADER_V2, GOLDEN_HEADER_V1)) {
            SnapshotManifest read = SnapshotManifest.ofBytes(HexFormat.of().parseHex(golden));
            assertThat(read.kind()).isEqualTo(StoreKind.ROCKS);
            assertThat(read.header().nextSessionId()).isEqualTo(1);
            assertThat(read.files()).isEqualTo(MANIFEST.files());
        }
        assertThat(HexFormat.of().formatHex(MANIFEST.toBytes())).isEqualTo(GOLDEN);
    }

    @Test
    void everyFlippedBitAndEveryTruncationIsRefused() {
        byte[] golden = MANIFEST.toBytes();
        for (int bit = 0; bit < golden.length * 8; bit++) {
            byte[] damaged = golden.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            refused(damaged);
        }
        for (int length = 0; length < golden.length; length++) {
            refused(Arrays.copyOf(golden, length));
        }
    }

    /** With a right checksum, as an attacker would write them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil",
                "/etc/passwd",
                "..",
                ".",
                "",
                ".hidden",
                "a/b",
                "a\\b",
                "a\0b",
                "C:evil",
                "naïve",
                "a b"
            })
    void fileNamesThatLeadElsewhereAreRefused(String name) {
        refused(manifest(name));
        assertThat(SnapshotManifest.ofBytes(manifest("plain-Name_1.sst")).files())
                .hasSize(1);
    }

    @Test
    void filesThatStandTwiceOrOutOfOrderAreRefused() {
        refused(manifest("a", "a"));
        refused(manifest("b", "a"));
        refused(manifest("x".repeat(101)));
    }

    @Test
    void lyingCountsAndUnknownKindsAreRefused() {
        ByteWriter out = new ByteWriter();
        int from = RowKind.MANIFEST.begin(out);
        out.putByte(2).putBytes(emptyHeader()).putVarInt(1 << 20);
        RowKind.MANIFEST.end(out, from);
        refused(out.toByteArray());

        out.clear();
        from = RowKind.MANIFEST.begin(out);
        out.putByte(3).putBytes(emptyHeader()).putVarInt(0);
        RowKind.MANIFEST.end(out, from);
        refused(out.toByteArray());
    }

    private static byte[] manifest(String... names) {
        ByteWriter out = new ByteWriter();
        int from = RowKind.MANIFEST.begin(out);
        out.putByte(2).putBytes(emptyHeader()).putVarInt(names.length);
        for (String name : names) {
            out.putString(name).putVarLong(1).putFixedInt(0);
        }
        RowKind.MANIFEST.end(out, from);
        return out.toByteArray();
    }

    private static byte[] emptyHeader() {
        ByteWriter out = new ByteWriter();
        HeaderCodec.writeRow(Header.EMPTY, out);
        return out.toByteArray();
    }

    private static void refused(byte[] bytes) {
        assertThatThrownBy(() -> SnapshotManifest.ofBytes(bytes)).isInstanceOf(MalformedException.class);
    }
}
