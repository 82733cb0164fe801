package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.testkit.CatalogCleanupContract;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;

/** The part that removes holds to what every such part must hold to. */
class PostgresCleanupContractTest implements CatalogCleanupContract {
    /** No other row has such an id. */
    private static final long FIRST_PATH = 1000;

    private final List<Scenario> scenes = new ArrayList<>();

    @AfterEach
    void close() {
        scenes.forEach(Scenario::close);
    }

    @Override
    public Catalog catalogWith(List<PastRun> runs) {
        Scenario scene = new Scenario(1026);
        scenes.add(scene);
        Catalog catalog = new InTables(scene);
        runs.forEach(catalog::add);
        return catalog;
    }

    private static final class InTables implements Catalog {
        private final Scenario scene;
        private final Map<String, Long> paths = new HashMap<>();
        private long lastRun;

        InTables(Scenario scene) {
            this.scene = scene;
        }

        @Override
        public CatalogCleanup cleanup() {
            return scene.cleanup;
        }

        @Override
        public void add(PastRun run) {
            long path = paths.computeIfAbsent(run.job(), job -> scene.path(FIRST_PATH + paths.size(), job));
            scene.job(
                    run.job(),
                    "jobid",
                    ++lastRun,
                    "job",
                    run.job() + "." + lastRun,
                    "clientid",
                    run.client().equals(CLIENT) ? scene.client : scene.otherClient,
                    "type",
                    run.kind() == Kind.COPY ? "C" : "B",
                    "jobstatus",
                    run.kind() == Kind.ACTIVE ? "R" : "T",
                    "purgedfiles",
                    0);
            scene.catalog.execute("DELETE FROM file WHERE jobid = " + lastRun);
            scene.file(lastRun, path, 0);
        }

        @Override
        public void purgeFiles(Collection<Long> runs) {
            for (long run : runs) {
                scene.catalog.execute("DELETE FROM file WHERE jobid = " + run);
                scene.catalog.execute("UPDATE job SET purgedfiles = 1 WHERE jobid = " + run);
            }
        }

        @Override
        public void end() {
            scene.catalog.execute("UPDATE job SET jobstatus = 'T'");
        }

        @Override
        public Set<Long> runs() {
            return scene.rows.rows("job").stream()
                    .map(row -> Long.valueOf(row.get("jobid")))
                    .collect(Collectors.toSet());
        }

        @Override
        public Set<String> directories() {
            return values("path", "path");
        }

        @Override
        public Set<String> clients() {
            return values("client", "name");
        }

        private Set<String> values(String table, String column) {
            return scene.rows.rows(table).stream().map(row -> row.get(column)).collect(Collectors.toSet());
        }
    }
}
