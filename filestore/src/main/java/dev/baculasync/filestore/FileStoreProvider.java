package dev.baculasync.filestore;

import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.ConfigStoreProvider;
import dev.baculasync.spi.Settings;
import java.nio.file.Files;
import java.nio.file.Path;

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
                .zone(settings.zone())
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
}
