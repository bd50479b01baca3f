package io.quorate.storage.snapshot;

import io.quorate.core.machine.Header;
import io.quorate.storage.codec.ByteReader;
import io.quorate.storage.codec.ByteWriter;
import io.quorate.storage.codec.HeaderCodec;
import io.quorate.storage.codec.MalformedException;
import io.quorate.storage.codec.RowKind;
import java.util.ArrayList;
import java.util.List;

/**
 * What a snapshot consists of: which kind of store wrote it, the header of its state, and every file.
 *
 * @param files by ascending name
 */
public record SnapshotManifest(StoreKind kind, Header header, List<SnapshotFile> files) {
    private static final int FILES_MAX = 1 << 20;
    private static final int HEADER_BYTES_MAX = 1 << 16;

    public SnapshotManifest {
        files = List.copyOf(files);
        String before = "";
        for (SnapshotFile file : files) {
            if (file.name().compareTo(before) <= 0) {
                throw new IllegalArgumentException("files must stand by ascending name, each once");
            }
            before = file.name();
        }
    }

    /** The kind of store that reads these files. Ids are stable. */
    public enum StoreKind {
        MEMORY(1),
        ROCKS(2);

        private final int id;

        StoreKind(int id) {
            this.id = id;
        }

        private static StoreKind ofId(int id) {
            for (StoreKind kind : values()) {
                if (kind.id == id) {
                    return kind;
                }
            }
            throw new MalformedException("no kind of store has the number " + id);
        }
    }

    /**
     * One file.
     *
     * @param name its plain name in the directory: letters, digits, dots, dashes and underscores, no dot first
     * @param lengthBytes its length; bytes
     * @param checksum CRC32C of its content
     */
    public record SnapshotFile(String name, long lengthBytes, int checksum) {
        private static final int NAME_CHARACTERS_MAX = 100;

        public SnapshotFile {
            boolean right = !name.isEmpty() && name.length() <= NAME_CHARACTERS_MAX && name.charAt(0) != '.';
            for (int i = 0; right && i < name.length(); i++) {
                char c = name.charAt(i);
                right = c >= 'a' && c <= 'z'
                        || c >= 'A' && c <= 'Z'
                        || c >= '0' && c <= '9'
                        || c == '.'
                        || c == '_'
                        || c == '-';
            }
            if (!right || lengthBytes < 0) {
                throw new IllegalArgumentException("a snapshot's file has a plain name and a length");
            }
        }
    }

    byte[] toBytes() {
        ByteWriter out = new ByteWriter();
        int from = RowKind.MANIFEST.begin(out);
        out.putByte(kind.id);
        ByteWriter headerRow = new ByteWriter();
        HeaderCodec.writeRow(header, headerRow);
        out.putBytes(headerRow.toByteArray()).putVarInt(files.size());
        for (SnapshotFile file : files) {
            out.putString(file.name()).putVarLong(file.lengthBytes()).putFixedInt(file.checksum());
        }
        RowKind.MANIFEST.end(out, from);
        return out.toByteArray();
    }

    static SnapshotManifest ofBytes(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        RowKind.MANIFEST.open(in);
        StoreKind kind = StoreKind.ofId(in.readByte());
        Header header = HeaderCodec.readRow(new ByteReader(in.readBytes(HEADER_BYTES_MAX)));
        int count = in.readCount(FILES_MAX, 7);
        List<SnapshotFile> files = new ArrayList<>(count);
        try {
            for (int i = 0; i < count; i++) {
                files.add(new SnapshotFile(in.readString(1000), in.readVarLong(), in.readFixedInt()));
            }
            in.expectEnd();
            return new SnapshotManifest(kind, header, files);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("the manifest is impossible: " + e.getMessage(), e);
        }
    }
}
