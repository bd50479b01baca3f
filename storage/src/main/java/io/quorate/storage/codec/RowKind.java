package io.quorate.storage.codec;

/**
 * The kinds of rows in a store, each with the version of its bytes that is written now. Ids are stable.
 *
 * <p>A row is its version, its kind, its content and the CRC32C of all three. Every version that was ever
 * released stays readable; a newer one is refused by name.
 */
public enum RowKind {
    HEADER(1, 3),
    LIMIT(2, 1),
    RULES(3, 1),
    SESSION(4, 1),
    COUNTER(5, 1),
    MANIFEST(6, 1),
    LOCATION(7, 1);

    /** What a row takes besides its content. */
    public static final int OVERHEAD_BYTES = 2 + Integer.BYTES;

    private final int id;
    private final int version;

    RowKind(int id, int version) {
        this.id = id;
        this.version = version;
    }

    /** The version written now, which is the newest that can be read. */
    public int version() {
        return version;
    }

    /** Begins a row of this kind; returns where it begins, for {@link #end}. */
    public int begin(ByteWriter out) {
        int from = out.size();
        out.putByte(version).putByte(id);
        return from;
    }

    /** Ends the row that began at {@code from}, with its checksum. */
    public void end(ByteWriter out, int from) {
        out.putChecksum(from);
    }

    /**
     * Checks that the bytes left are one whole row of this kind, and goes to its content; returns its version.
     *
     * @throws MalformedException if they aren't, or are of a newer version
     */
    public int open(ByteReader in) {
        int from = in.position();
        if (in.remaining() < OVERHEAD_BYTES) {
            throw new MalformedException("a row of " + in.remaining() + " bytes is cut short");
        }
        in.readChecksumAtEnd(from);
        int found = in.readByte();
        int kind = in.readByte();
        if (kind != id) {
            throw new MalformedException("a row of kind " + kind + " stands where " + this + " should");
        }
        if (found < 1 || found > version) {
            throw new MalformedException("version " + found + " of " + this + " isn't known here (up to " + version
                    + " is): it was written by a newer release");
        }
        return found;
    }
}
