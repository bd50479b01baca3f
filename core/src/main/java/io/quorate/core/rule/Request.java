package io.quorate.core.rule;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request's entries, with what looking them up needs worked out once. Of one thread. */
final class Request {
    private static final int NOT_READ = 0;
    private static final int READ = 1;

    private final List<Entry> entries;
    private final Entry[] array;
    private final int[] nameHashes;
    private @Nullable Address @Nullable [] addresses;
    private int @Nullable [] addressRead;

    Request(List<Entry> entries) {
        this.entries = entries;
        int count = entries.size();
        this.array = new Entry[count];
        this.nameHashes = new int[count];
        for (int i = 0; i < count; i++) {
            Entry entry = entries.get(i);
            array[i] = entry;
            nameHashes[i] = entry.name().hashCode();
        }
    }

    List<Entry> entries() {
        return entries;
    }

    int count() {
        return array.length;
    }

    String name(int i) {
        return array[i].name();
    }

    String value(int i) {
        return array[i].value();
    }

    int nameHash(int i) {
        return nameHashes[i];
    }

    /** The address that the value is; null if it is none. */
    @Nullable
    Address address(int i) {
        if (addresses == null || addressRead == null) {
            addresses = new Address[array.length];
            addressRead = new int[array.length];
        }
        if (addressRead[i] == NOT_READ) {
            addressRead[i] = READ;
            addresses[i] = Address.parse(array[i].value()).orElse(null);
        }
        return addresses[i];
    }
}
