package io.quorate.core.rule;

import org.jspecify.annotations.Nullable;

/**
 * What an index knows of one entry's name: by what to look a value up, and the rules that aren't found by hash.
 * Never changed.
 *
 * @param exact how many keys of that kind there are
 * @param grams how many keys of that kind there are
 * @param cidr4 bits of the networks of version 4
 * @param cidr6 bits of the networks of version 6
 * @param presence rules that the entry's presence finds
 * @param ranges rules that a number finds
 */
record NameKeys(
        int exact,
        int grams,
        Lengths prefixes,
        Lengths suffixes,
        Lengths cidr4,
        Lengths cidr6,
        @Nullable Bucket presence,
        @Nullable RangeTree ranges) {
    static final NameKeys NONE = new NameKeys(0, 0, Lengths.NONE, Lengths.NONE, Lengths.NONE, Lengths.NONE, null, null);

    /** With one key more or less. */
    NameKeys count(IndexKey key, int change) {
        return switch (key.kind()) {
            case IndexKey.EXACT ->
                new NameKeys(exact + change, grams, prefixes, suffixes, cidr4, cidr6, presence, ranges);
            case IndexKey.GRAM ->
                new NameKeys(exact, grams + change, prefixes, suffixes, cidr4, cidr6, presence, ranges);
            case IndexKey.PREFIX ->
                new NameKeys(
                        exact,
                        grams,
                        prefixes.add(((String) key.detail()).length(), change),
                        suffixes,
                        cidr4,
                        cidr6,
                        presence,
                        ranges);
            case IndexKey.SUFFIX ->
                new NameKeys(
                        exact,
                        grams,
                        prefixes,
                        suffixes.add(((String) key.detail()).length(), change),
                        cidr4,
                        cidr6,
                        presence,
                        ranges);
            case IndexKey.CIDR -> {
                Pattern.Cidr cidr = (Pattern.Cidr) key.detail();
                boolean v4 = cidr.network().bits() == 32;
                yield new NameKeys(
                        exact,
                        grams,
                        prefixes,
                        suffixes,
                        v4 ? cidr4.add(cidr.bits(), change) : cidr4,
                        v4 ? cidr6 : cidr6.add(cidr.bits(), change),
                        presence,
                        ranges);
            }
            default -> throw new IllegalArgumentException("a key of kind " + key.kind() + " isn't counted");
        };
    }

    NameKeys presence(@Nullable Bucket bucket) {
        return new NameKeys(exact, grams, prefixes, suffixes, cidr4, cidr6, bucket, ranges);
    }

    NameKeys ranges(@Nullable RangeTree tree) {
        return new NameKeys(exact, grams, prefixes, suffixes, cidr4, cidr6, presence, tree);
    }
}
