package io.quorate.server.config;

import io.quorate.core.quota.Names;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** The keys and values of one mapping, flags laid over the file's, each to be taken once. */
final class Section {
    private final String place;
    private final String prefix;
    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final Map<String, String> keyPlaces = new LinkedHashMap<>();
    private final TreeSet<String> taken = new TreeSet<>();

    /**
     * Opens a section.
     *
     * @param name its dotted name; empty for the whole file
     * @param setting its mapping; absent if the file has none and only flags may fill it
     * @param flags all flags by dotted name; those of other sections are left alone
     */
    Section(String place, String name, @Nullable Setting setting, Map<String, String> flags) {
        this.place = place;
        this.prefix = name.isEmpty() ? "" : name + ".";
        if (setting != null) {
            for (NodeTuple tuple : setting.mapping().getValue()) {
                String keyPlace = Setting.place(setting.file(), tuple.getKeyNode());
                String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
                if (settings.containsKey(key)) {
                    throw new ConfigException(keyPlace + ": " + prefix + Names.printable(key) + " stands twice");
                }
                settings.put(key, Setting.ofNode(setting.file(), prefix + key, tuple.getValueNode()));
                keyPlaces.put(key, keyPlace);
            }
        }
        flags.forEach((flag, text) -> {
            if (flag.startsWith(prefix) && flag.indexOf('.', prefix.length()) < 0) {
                String key = flag.substring(prefix.length());
                settings.put(key, Setting.ofFlag(flag, text));
                keyPlaces.put(key, "flag " + flag);
            }
        });
    }

    boolean isEmpty() {
        return settings.isEmpty();
    }

    @Nullable
    Setting optional(String key) {
        taken.add(key);
        return settings.get(key);
    }

    Setting required(String key, String example) {
        Setting setting = optional(key);
        if (setting == null) {
            throw new ConfigException(place + ": " + prefix + key + " is missing; for example: " + example);
        }
        return setting;
    }

    long millis(String key, long defaultMillis, long min, long max) {
        Setting setting = optional(key);
        return setting == null ? defaultMillis : setting.millis(min, max);
    }

    long bytes(String key, long defaultBytes, long min, long max) {
        Setting setting = optional(key);
        return setting == null ? defaultBytes : setting.bytes(min, max);
    }

    int count(String key, int defaultCount, int min, int max) {
        Setting setting = optional(key);
        return setting == null ? defaultCount : setting.count(min, max);
    }

    boolean yes(String key, boolean defaultYes) {
        Setting setting = optional(key);
        return setting == null ? defaultYes : setting.yes();
    }

    /** Refuses what was never taken. */
    void end() {
        for (String key : settings.keySet()) {
            if (!taken.contains(key)) {
                throw new ConfigException(
                        keyPlaces.get(key) + ": unknown key '" + prefix + Names.printable(key) + "'; " + closest(key));
            }
        }
    }

    private String closest(String key) {
        String best = "";
        int bestDistance = 2 + key.length() / 6;
        for (String candidate : taken) {
            int distance = distance(key, candidate);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return best.isEmpty() ? "keys here are " + String.join(", ", taken) : "did you mean '" + prefix + best + "'?";
    }

    /** Levenshtein's distance of two keys, of at most 64 characters each. */
    private static int distance(String one, String other) {
        if (one.length() > 64) {
            return Integer.MAX_VALUE;
        }
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[row.length - 1];
    }
}
