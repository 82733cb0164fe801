package dev.baculasync.filestore;

import dev.baculasync.spi.ConfigStore;
import dev.baculasync.testkit.ConfigStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileStoreContractTest implements ConfigStoreContract {
    @TempDir
    Path base;

    @Override
    public ConfigStore emptyStore() {
        FileStore store = Samples.store(base);
        // The list of nothing is a file too, and a Director is to load it once.
        try (var session = store.open(ConfigStore.Access.WRITE)) {
            session.publish();
            session.loaded();
        }
        return store;
    }
}
