package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.Link;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** Names as histories and reports have them. */
final class Words {
    private Words() {}

    static String of(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String links(Collection<Link> links) {
        return links.stream().map(Link::toString).sorted().collect(Collectors.joining(" "));
    }
}
