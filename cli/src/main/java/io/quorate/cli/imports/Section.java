package io.quorate.cli.imports;

import io.quorate.cli.rulefile.YamlNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A part of a configuration, read by names.
 *
 * <p>Names are compared as Spring compares them: without case, hyphens and underscores, and a key with dots stands for
 * mappings in each other.
 */
record Section(YamlNode node) {
    List<YamlNode.Field> fields() {
        return node instanceof YamlNode.Mapping mapping ? mapping.fields() : List.of();
    }

    /** What stands under a path of names with dots between them. */
    Optional<Section> at(String path) {
        for (YamlNode.Field field : fields()) {
            String key = plain(field.key().text());
            String wanted = plain(path);
            if (key.equals(wanted)) {
                return Optional.of(new Section(field.value()));
            }
            if (wanted.startsWith(key + ".")) {
                Optional<Section> below = new Section(field.value()).at(wanted.substring(key.length() + 1));
                if (below.isPresent()) {
                    return below;
                }
            }
        }
        // A key may say more than was asked for: 'gateway.server.webflux' has what is asked for under 'gateway'.
        for (YamlNode.Field field : fields()) {
            if (plain(field.key().text()).startsWith(plain(path) + ".")) {
                return Optional.of(this);
            }
        }
        return Optional.empty();
    }

    boolean has(String path) {
        return at(path).isPresent();
    }

    /** A text, number or word that isn't null. */
    Optional<String> text(String path) {
        return at(path).flatMap(Section::text);
    }

    Optional<String> text() {
        return node instanceof YamlNode.Scalar scalar && !scalar.isNull()
                ? Optional.of(scalar.text())
                : Optional.empty();
    }

    /** Whether there is a word that means yes. */
    boolean flag(String path) {
        return text(path)
                .map(word -> List.of("true", "yes", "on").contains(word.toLowerCase(Locale.ROOT)))
                .orElse(false);
    }

    /** The parts of a list; none if it isn't one. */
    List<Section> items() {
        return node instanceof YamlNode.Sequence list
                ? list.items().stream().map(Section::new).toList()
                : List.of();
    }

    List<Section> items(String path) {
        return at(path).map(Section::items).orElse(List.of());
    }

    Optional<Section> firstItem() {
        return items().stream().findFirst();
    }

    /** Where it stands and what is there, for a sentence. */
    String shown() {
        return text().orElseGet(node::kind);
    }

    private static String plain(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }
}
