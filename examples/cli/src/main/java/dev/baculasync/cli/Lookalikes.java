package dev.baculasync.cli;

import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Setting.Trait;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Environment variables whose names are nearly those of ours. Nothing reads a misspelt one, its default holds, and a guard that
 * is misspelt guards nothing: so none of them is taken for another program's.
 */
final class Lookalikes {
    private Lookalikes() {}

    /** Each variable that is meant for one of ours, and that one. */
    static Map<String, String> in(Collection<String> set, List<Setting<?>> ours) {
        Map<String, String> meant = new HashMap<>();
        Map<String, String> found = new TreeMap<>();
        for (Setting<?> setting : ours) {
            if (!setting.is(Trait.SHARED)) {
                // Of two spellings of one variable the manual's.
                meant.merge(
                        plain(setting.name()),
                        setting.name(),
                        (one, other) -> one.length() < other.length() ? one : other);
            }
        }
        for (String name : set) {
            String own = meant.get(plain(name));
            if (own != null) {
                found.put(name, own);
            }
            ours.stream()
                    .filter(setting -> setting.misspellings().contains(name))
                    .forEach(setting -> found.put(name, setting.name()));
        }
        ours.forEach(setting -> found.remove(setting.name()));
        return found;
    }

    private static String plain(String name) {
        return name.toUpperCase(Locale.ROOT).replace("_", "").replace("-", "");
    }
}
