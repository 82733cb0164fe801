package dev.baculasync.cli;

import com.google.common.collect.Streams;
import dev.baculasync.preflight.Preflight;
import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The environment variables, and what people are told about them.
 *
 * @param settings all of them, in the order in which they are shown
 */
record Variables(List<Setting<?>> settings) {
    /** Read by {@code run-openstack-sync.sh}, which starts the program. */
    private static final Setting<String> SYNC_LOG = Setting.text("SYNC_LOG", "");

    /** Those of the command line and of what it works with. */
    static Variables of(Providers providers) {
        return new Variables(Streams.concat(
                        Stream.of(SyncSetup.CLIENTS_CONF),
                        providers.store().settings().stream(),
                        PolicySettings.ALL.stream(),
                        Stream.of(
                                SyncSetup.OPENSTACK_WORK_DIR,
                                SyncSetup.DRYRUN,
                                SyncSetup.RELOAD_AFTER_SYNC,
                                SyncSetup.PARALLEL),
                        providers.director().settings().stream(),
                        providers.inventory().settings().stream(),
                        providers.catalog().settings().stream(),
                        Preflight.settings().stream(),
                        Stream.of(Settings.TZ, LogLevel.LOG_LEVEL, LogLevel.RUST_LOG, Surroundings.NO_COLOR, SYNC_LOG))
                .distinct()
                .toList());
    }

    /** Names and meanings, with what holds when a variable is not set. */
    Map<String, String> help() {
        Map<String, String> help = new LinkedHashMap<>();
        for (List<Setting<?>> row : rows()) {
            Setting<?> setting = row.get(0);
            String unset = unset(setting, "default ", setting.fallback(), "unset: ");
            help.put(String.join(", ", names(row)), meaning(setting) + (unset.isEmpty() ? "" : " (" + unset + ")"));
        }
        return help;
    }

    /** The lines of the manual's table, in Markdown. */
    String table() {
        return rows().stream()
                .map(row -> "| "
                        + names(row).stream().map(Variables::code).collect(Collectors.joining(", "))
                        + " | " + inTable(row.get(0)) + " | " + meaning(row.get(0)) + " |\n")
                .collect(Collectors.joining("", "| variable | default | meaning |\n|---|---|---|\n", ""));
    }

    private static String inTable(Setting<?> setting) {
        String fallback = setting.fallback();
        String words = unset(setting, "", fallback == null ? null : code(fallback), "not set: ");
        return words.isEmpty() ? "not set" : words;
    }

    private static String unset(Setting<?> setting, String before, @Nullable String fallback, String unset) {
        String words = setting.whenUnset();
        if (fallback == null) {
            return words.isEmpty() ? "" : unset + words;
        }
        return before + fallback + (words.isEmpty() ? "" : ", " + words);
    }

    private static String meaning(Setting<?> setting) {
        return setting.description() + (setting.bounds().isEmpty() ? "" : ", " + setting.bounds());
    }

    /** A row's names; of a family only the first, and how the others begin. */
    private static List<String> names(List<Setting<?>> row) {
        String first = row.get(0).name();
        return row.size() > 2
                ? List.of(first, first.substring(0, first.indexOf('_') + 1) + "...")
                : row.stream().<String>map(Setting::name).toList();
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    private List<List<Setting<?>>> rows() {
        List<List<Setting<?>>> rows = new ArrayList<>();
        String last = "";
        for (Setting<?> setting : settings) {
            if (setting.description().isEmpty()) {
                continue;
            }
            if (!setting.description().equals(last)) {
                rows.add(new ArrayList<>());
            }
            rows.get(rows.size() - 1).add(setting);
            last = setting.description();
        }
        return rows;
    }
}
