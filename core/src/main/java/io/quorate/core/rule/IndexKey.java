package io.quorate.core.rule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rule can be filed under: something that a request's entry can be looked up by.
 *
 * @param kind one of the kinds below
 * @param name the entry's name, or a rule's id
 * @param detail the text, network or range; nothing of a presence
 */
record IndexKey(int kind, String name, Object detail, int hash) {
    /** The value is this text. */
    static final int EXACT = 1;
    /** The value begins with this text. */
    static final int PREFIX = 2;
    /** The value ends with this text. */
    static final int SUFFIX = 3;
    /** The value is an address of this network. */
    static final int CIDR = 4;
    /** The value is a number of this range. */
    static final int RANGE = 5;
    /** The value holds this text of {@value #GRAM_LENGTH} characters. */
    static final int GRAM = 6;
    /** The request has the entry. */
    static final int PRESENCE = 7;
    /** Not of a request: what is known of an entry's name. */
    static final int NAME = 8;
    /** Not of a request: a rule's id. */
    static final int ID = 9;

    static final int GRAM_LENGTH = 3;

    static IndexKey exact(String name, String text) {
        return new IndexKey(EXACT, name, text, hash(EXACT, name.hashCode(), text.hashCode()));
    }

    private static IndexKey prefix(String name, String text) {
        return new IndexKey(PREFIX, name, text, hash(PREFIX, name.hashCode(), text.hashCode()));
    }

    private static IndexKey suffix(String name, String text) {
        int h = 0;
        for (int i = text.length() - 1; i >= 0; i--) {
            h = 31 * h + text.charAt(i);
        }
        return new IndexKey(SUFFIX, name, text, hash(SUFFIX, name.hashCode(), h));
    }

    private static IndexKey gram(String name, String text) {
        String gram = text.substring(0, GRAM_LENGTH);
        return new IndexKey(GRAM, name, gram, hash(GRAM, name.hashCode(), gram.hashCode()));
    }

    private static IndexKey cidr(String name, Pattern.Cidr cidr) {
        Address network = cidr.network();
        int h = addressHash(network.high(), network.low(), cidr.bits(), network.bits());
        return new IndexKey(CIDR, name, cidr, hash(CIDR, name.hashCode(), h));
    }

    private static IndexKey presence(String name) {
        return new IndexKey(PRESENCE, name, "", hash(PRESENCE, name.hashCode(), 0));
    }

    static IndexKey name(String name) {
        return new IndexKey(NAME, name, "", hash(NAME, name.hashCode(), 0));
    }

    static IndexKey id(String id) {
        return new IndexKey(ID, id, "", hash(ID, id.hashCode(), 0));
    }

    static int addressHash(long high, long low, int bits, int version) {
        long h = (high * 0x9e3779b97f4a7c15L ^ low) * 0xc2b2ae3d27d4eb4fL + bits * 131L + version;
        return (int) (h ^ h >>> 32);
    }

    static int hash(int kind, int nameHash, int detailHash) {
        int h = (nameHash * 31 + detailHash) * 31 + kind;
        h = (h ^ h >>> 16) * 0x85ebca6b;
        h = (h ^ h >>> 13) * 0xc2b2ae35;
        return h ^ h >>> 16;
    }

    /** How well the kind parts rules: of several, the least is the best. */
    int tier() {
        return kind <= CIDR ? 1 : kind;
    }

    boolean is(IndexKey other) {
        return kind == other.kind && name.equals(other.name) && detail.equals(other.detail);
    }

    /** The keys of a condition, under all of which a rule is to be filed; null if none can find it. */
    static @Nullable List<IndexKey> of(EntryMatch condition) {
        String name = condition.name();
        Pattern pattern = condition.pattern();
        if (pattern instanceof Pattern.Absent) {
            return null;
        }
        if (!(pattern instanceof Pattern.AnyOf list)) {
            return List.of(of(name, pattern));
        }
        List<IndexKey> keys = new ArrayList<>(list.patterns().size());
        for (Pattern one : list.patterns()) {
            IndexKey key = of(name, one);
            if (key.kind == PRESENCE) {
                return List.of(key);
            }
            if (keys.stream().noneMatch(key::is)) {
                keys.add(key);
            }
        }
        return keys;
    }

    private static IndexKey of(String name, Pattern pattern) {
        if (pattern instanceof Pattern.Exact exact) {
            return exact(name, exact.value());
        }
        if (pattern instanceof Pattern.Prefix prefix) {
            return prefix(name, prefix.prefix());
        }
        if (pattern instanceof Pattern.Cidr cidr) {
            return cidr(name, cidr);
        }
        if (pattern instanceof Pattern.Range range) {
            return new IndexKey(RANGE, name, range, 0);
        }
        if (pattern instanceof Pattern.Glob glob) {
            String inner = glob.parts().size() > 2 ? glob.parts().get(1) : "";
            return literal(name, glob.prefix(), glob.suffix(), inner);
        }
        if (pattern instanceof Regex regex) {
            RegexText text = RegexText.of(regex.expression());
            return literal(name, text.prefix(), "", text.inner());
        }
        return presence(name);
    }

    private static IndexKey literal(String name, String prefix, String suffix, String inner) {
        if (!prefix.isEmpty()) {
            return prefix(name, prefix);
        }
        if (!suffix.isEmpty()) {
            return suffix(name, suffix);
        }
        return inner.length() >= GRAM_LENGTH ? gram(name, inner) : presence(name);
    }
}
