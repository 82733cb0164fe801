package dev.baculasync.filestore;

import dev.baculasync.spi.ConfigStore;
import dev.baculasync.testkit.ConfigStoreContract;
import java.nio.file.Path;
import java.time.ZoneOffset;
import org.junit.jupiter.api.io.TempDir;

/** The store holds to what every store must hold to. */
class FileStoreContractTest implements ConfigStoreContract {
    @TempDir
    private Path base;

    @Override
    public ConfigStore emptyStore() {
        return FileStore.in(base).zone(ZoneOffset.UTC).build();
    }
}
