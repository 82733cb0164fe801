package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.Settings;
import dev.baculasync.testkit.BackupCatalogContract;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** The catalog holds to what every catalog must hold to. */
class PostgresCatalogContractTest implements BackupCatalogContract {
    private final List<TestCatalog> catalogs = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (TestCatalog catalog : catalogs) {
            catalog.close();
        }
    }

    @Override
    public BackupCatalog catalogWith(Map<String, List<String>> jobsByClient, Map<String, List<String>> copiesByClient) {
        TestCatalog catalog = TestCatalog.create(16);
        catalogs.add(catalog);
        Map<String, Integer> clients = new HashMap<>();
        copiesByClient.forEach((client, jobs) -> {
            int id = clients.computeIfAbsent(client, catalog::addClient);
            jobs.forEach(job -> {
                catalog.addJob(id, job, 'M', 0);
                catalog.addJob(id, job, 'C', 1);
                catalog.addJob(id, job, 'B', 1);
            });
        });
        jobsByClient.forEach((client, jobs) -> {
            int id = clients.computeIfAbsent(client, catalog::addClient);
            jobs.forEach(job -> catalog.addJob(id, job));
        });
        return new PostgresCatalogProvider().create(Settings.of(catalog.settings()));
    }
}
