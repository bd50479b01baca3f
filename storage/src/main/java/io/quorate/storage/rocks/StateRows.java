package io.quorate.storage.rocks;

import io.quorate.core.machine.Header;
import io.quorate.storage.api.StoreException;
import io.quorate.storage.codec.ByteReader;
import io.quorate.storage.codec.ByteWriter;
import io.quorate.storage.codec.HeaderCodec;
import io.quorate.storage.codec.MalformedException;
import io.quorate.storage.codec.StateKeys;
import io.quorate.storage.resident.Resident;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.rocksdb.RocksIterator;

/** The rows of a database that are read when it is opened: all but counters. */
record StateRows(Database database) {

    Resident load() {
        Resident resident = new Resident();
        try (RocksIterator rows = database.scan()) {
            for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                byte[] key = rows.key();
                if (key.length > 0 && key[0] == StateKeys.COUNTERS) {
                    break;
                }
                load(key, rows.value(), resident);
            }
            database.check(rows);
        }
        return resident;
    }

    private static void load(byte[] key, byte[] value, Resident resident) {
        try {
            resident.load(key, new ByteReader(value));
        } catch (MalformedException e) {
            throw new StoreException(
                    "the row with the key " + HexFormat.of().formatHex(key) + " is unreadable: " + e.getMessage(), e);
        }
    }

    /** Throws unless a restored state has the header that its snapshot's manifest names. */
    static void checkHeader(Header found, Header expected, Path source) {
        if (!Arrays.equals(bytes(found), bytes(expected))) {
            throw new StoreException("the snapshot " + source + " has another header than its manifest");
        }
    }

    private static byte[] bytes(Header header) {
        ByteWriter out = new ByteWriter();
        HeaderCodec.writeRow(header, out);
        return out.toByteArray();
    }
}
