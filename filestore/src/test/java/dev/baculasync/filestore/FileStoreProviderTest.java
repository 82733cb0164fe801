package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.Settings;
import dev.baculasync.spi.StoreSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreProviderTest {
    @TempDir
    Path base;

    private final FileStoreProvider provider = new FileStoreProvider();

    private List<String> problems(Map<String, String> values) {
        Settings settings = Settings.of(values);
        provider.create(settings);
        return settings.problems();
    }

    @Test
    void goodSettingsMakeAStore() {
        Settings settings =
                Settings.of(Map.of("BASE_DIR", base.toString(), "TZ", ":Europe/Berlin", "FILE_THREADS", "2"));
        ConfigStore store = provider.create(settings);
        assertThat(settings.problems()).isEmpty();
        try (StoreSession session = store.open(Access.WRITE)) {
            Samples.apply(session, Samples.create());
        }
        assertThat(Samples.vmDirectory(base).resolve("job")).hasContent(Samples.JOB_TEXT);
        assertThat(provider.name()).isEqualTo("files");
    }

    @Test
    void badSettingsAreToldTogether() {
        assertThat(problems(Map.of("BASE_DIR", base.resolve("none").toString(), "TZ", "Mars", "FILE_THREADS", "0")))
                .satisfiesExactly(
                        p -> assertThat(p).startsWith("BASE_DIR: there is no directory"),
                        p -> assertThat(p).startsWith("TZ: \"Mars\""),
                        p -> assertThat(p).startsWith("FILE_THREADS: "));
    }

    @Test
    void aPathThatCouldEndALineIsRefused() {
        assertThat(problems(Map.of("BASE_DIR", base + "/a\nb")))
                .singleElement()
                .asString()
                .startsWith("BASE_DIR: the path holds a control character");
        assertThatThrownBy(() -> FileStore.in(Path.of("a\nb"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theDefaultIsTheSeeds() {
        assertThat(FileStoreProvider.BASE_DIR.fallback()).isEqualTo("/opt/bacula/etc/openstack");
        assertThat(provider.create(Settings.of(Map.of()))).hasToString("files in /opt/bacula/etc/openstack");
    }
}
