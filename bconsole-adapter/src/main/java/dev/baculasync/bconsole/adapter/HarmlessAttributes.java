package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Settings;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keys of {@code key=value} lines in the answer of {@code .query} that may stand anywhere in a list and say nothing about
 * whether it is whole. A line with any other key is taken for a sign that it is not, unless it belongs to one record: an
 * error or a hint at a further page looks just like that. Case counts. Immutable.
 */
public final class HarmlessAttributes {
    /** The keys that are always harmless. */
    public static final List<String> KNOWN = List.of(
            "status",
            "vm_state",
            "task_state",
            "power_state",
            "flavor",
            "image",
            "host",
            "hypervisor",
            "az",
            "availability_zone",
            "zone",
            "region",
            "project",
            "project_id",
            "tenant",
            "tenant_id",
            "user_id",
            "created",
            "updated",
            "launched_at",
            "addresses",
            "ip",
            "key_name",
            "description",
            "locked");

    /** The setting that adds to them. */
    public static final Setting<Set<String>> QUERY_ATTRIBUTES = Setting.of(
                    "QUERY_ATTRIBUTES",
                    "further harmless keys in the answer of .query, comma-separated",
                    HarmlessAttributes::parseKeys)
            .whenUnset("only those of the manual");

    private static final Pattern KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_.:-]*");

    private final Set<String> keys;

    private HarmlessAttributes(Set<String> more) {
        keys = new HashSet<>(KNOWN);
        keys.addAll(more);
    }

    /** Those that are always harmless. */
    public static HarmlessAttributes known() {
        return new HarmlessAttributes(Set.of());
    }

    /** With those of {@link #QUERY_ATTRIBUTES}, too. Problems are collected in the settings. */
    public static HarmlessAttributes from(Settings settings) {
        return new HarmlessAttributes(settings.find(QUERY_ATTRIBUTES).orElse(Set.of()));
    }

    private static Set<String> parseKeys(String text, Consumer<String> problem) {
        Set<String> keys =
                Stream.of(text.split(",", -1)).map(String::strip).collect(Collectors.toCollection(LinkedHashSet::new));
        keys.stream()
                .filter(key -> !KEY.matcher(key).matches())
                .forEach(key -> problem.accept("\"" + Excerpt.of(key)
                        + "\" is no key: a letter or _, then letters, digits and _ . : -;"
                        + " several are separated by commas"));
        return keys;
    }

    boolean contains(String key) {
        return keys.contains(key);
    }

    /** Where the {@code =} of a key that starts here stands; -1 when none does. */
    static int equalsSign(String line, int from) {
        int at = from;
        while (at < line.length() && isOfKey(line.charAt(at), at == from)) {
            at++;
        }
        return at > from && at < line.length() && line.charAt(at) == '=' ? at : -1;
    }

    private static boolean isOfKey(char c, boolean first) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || c == '_'
                || (!first && ((c >= '0' && c <= '9') || c == '.' || c == ':' || c == '-'));
    }
}
