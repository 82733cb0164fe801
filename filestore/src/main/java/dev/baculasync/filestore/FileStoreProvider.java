package dev.baculasync.filestore;

import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.ConfigStoreProvider;
import dev.baculasync.spi.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;

/**
 * Makes a {@link FileStore} from settings: {@code BASE_DIR}, {@code TZ} (the zone of the timestamps in the files) and
 * {@code FILE_THREADS} (how many files are worked on at once, 1 to 64).
 */
public final class FileStoreProvider implements ConfigStoreProvider {
    /** Where the tree is unless {@code BASE_DIR} says otherwise. */
    public static final String DEFAULT_BASE_DIR = "/opt/bacula/etc/openstack";

    /** A provider; it holds nothing. */
    public FileStoreProvider() {}

    @Override
    public String name() {
        return "files";
    }

    @Override
    public ConfigStore create(Settings settings) {
        return FileStore.in(baseDirectory(settings))
                .zone(zone(settings))
                .workers(settings.integer("FILE_THREADS", 8, 1, 64))
                .build();
    }

    private static Path baseDirectory(Settings settings) {
        String value = settings.text("BASE_DIR", DEFAULT_BASE_DIR);
        Path path = settings.path("BASE_DIR", value).orElse(Path.of(DEFAULT_BASE_DIR));
        if (path.toAbsolutePath().toString().chars().anyMatch(Character::isISOControl)) {
            settings.problem("BASE_DIR", "the path holds a control character");
            return Path.of(DEFAULT_BASE_DIR);
        }
        if (!Files.isDirectory(path)) {
            settings.problem("BASE_DIR", "there is no directory " + path);
        }
        return path;
    }

    /** The zone of the timestamps in the files: {@code TZ}, or the system's. A problem is noted in the settings. */
    public static ZoneId zone(Settings settings) {
        String value = settings.text("TZ", "");
        if (value.isEmpty()) {
            return ZoneId.systemDefault();
        }
        try {
            // The C library allows a colon before the name of a zone.
            return ZoneId.of(value.startsWith(":") ? value.substring(1) : value);
        } catch (DateTimeException e) {
            settings.problem("TZ", "\"" + value + "\" is not a time zone such as Europe/Berlin or UTC");
            return ZoneId.systemDefault();
        }
    }
}
