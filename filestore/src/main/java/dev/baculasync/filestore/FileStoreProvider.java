package dev.baculasync.filestore;

import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.ConfigStoreProvider;
import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Makes a {@link FileStore} from settings. Stateless, and so safe for use by several threads. */
public final class FileStoreProvider implements ConfigStoreProvider {
    /** The root of the tree; a directory that exists. */
    public static final Setting<Path> BASE_DIR = Setting.path("BASE_DIR", "root of the generated directory tree")
            .byDefault("/opt/bacula/etc/openstack")
            .misspelt("BASE_DIRECTORY");

    /** How many files are worked on at once. */
    public static final Setting<Integer> FILE_THREADS = Setting.whole(
                    "FILE_THREADS", 1, 64, "files read and written at once")
            .byDefault(Integer.toString(FileStore.DEFAULT_WORKERS));

    /** A provider; it holds nothing. */
    public FileStoreProvider() {}

    @Override
    public String name() {
        return "files";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(BASE_DIR, FILE_THREADS);
    }

    @Override
    public ConfigStore create(Settings settings) {
        return FileStore.in(baseDirectory(settings))
                .zone(settings.zone())
                .workers(settings.get(FILE_THREADS))
                .build();
    }

    private static Path baseDirectory(Settings settings) {
        Path path = settings.get(BASE_DIR);
        if (path.toAbsolutePath().toString().chars().anyMatch(Character::isISOControl)) {
            settings.problem(BASE_DIR, "the path holds a control character");
            return Settings.of(Map.of()).get(BASE_DIR);
        }
        if (!Files.isDirectory(path)) {
            settings.problem(BASE_DIR, "there is no directory " + path);
        }
        return path;
    }
}
