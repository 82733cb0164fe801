package dev.baculasync.integration.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.catalog.jdbc.CatalogProbe;
import dev.baculasync.catalog.jdbc.EmbeddedServer;
import dev.baculasync.catalog.jdbc.PostgresCatalogProvider;
import dev.baculasync.integration.packaging.Command.Result;
import dev.baculasync.spi.Absence;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.BackupHistory;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.Settings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped roles may do what the program does in every known catalog, and each of their rights is needed. */
class CatalogRolesTest {
    /** By what tells whether a backup can come from a Pool. */
    private static final List<String> OF_POOLS = List.of(
            "SELECT (poolid) ON pool",
            "SELECT (name) ON pool",
            "SELECT (pooltype) ON pool",
            "SELECT (labelformat) ON pool",
            "SELECT (maxvols) ON pool",
            "SELECT (scratchpoolid) ON pool",
            "SELECT (poolid) ON media",
            "SELECT (volstatus) ON media",
            "SELECT (enabled) ON media",
            "SELECT (recycle) ON media",
            "SELECT (recyclepoolid) ON media");

    /** By what tells a job's own runs from their copies. */
    private static final List<String> OF_NAMES = List.of("SELECT (level) ON job", "SELECT (priorjobid) ON job");

    private static final Path COLUMNS =
            Path.of("../catalog-jdbc/src/test/resources/dev/baculasync/catalog/jdbc/catalog-columns.csv");
    private static final OpenStackInstance INSTANCE =
            new OpenStackInstance("dc1", "os1", "some-fd", "proxy", "backup-", null);

    private static final int OLDEST = 16;

    private static HostHome host;
    private static EmbeddedPostgres server;

    @BeforeAll
    static void start() throws IOException {
        host = HostHome.orSkip();
        server = EmbeddedServer.start(EmbeddedPostgres.builder());
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {OLDEST, 1022, 1024, 1026})
    void eachRoleHasTheRightsItNeedsAndNoOther(int version) throws Exception {
        String database = "roles" + version;
        execute("postgres", "CREATE DATABASE " + database);
        tables(version)
                .forEach((table, columns) ->
                        execute(database, "CREATE TABLE " + table + " (" + String.join(", ", columns) + ")"));
        execute(database, "CREATE INDEX ON job (name text_pattern_ops)");
        execute(database, "INSERT INTO version VALUES (" + version + ")");
        makeRoles(database);
        // After an update of Bacula, once more.
        makeRoles(database);

        BackupCatalog reading = catalog(database, "openstack_sync");
        reading.check();
        assertThat(reading.jobNames(INSTANCE).known()).isEmpty();
        assertThat(rights(database, "openstack_sync"))
                .containsExactlyInAnyOrderElementsOf(rightsOfHistory(version, "SELECT ON version"));
        everyRightOfHistoryIsNeeded(database, reading);
        assertThatThrownBy(() -> reading.cleanup().orElseThrow().check())
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining("GRANT SELECT, DELETE ON");
        if (version == OLDEST) {
            assertThat(rolesOfTheServer()).as("roles that were not asked for").containsExactly("openstack_sync");
        }

        makeRoles(database, "-v", "cleanup=1");
        makeRoles(database, "-v", "cleanup=1");
        BackupCatalog cleaning = catalog(database, "openstack_cleanup");
        cleaning.check();
        cleaning.cleanup().orElseThrow().check();
        assertThat(cleaning.jobNames(INSTANCE).known()).isEmpty();
        assertThat(cleaning.history().orElseThrow().jobsRunSince("some-fd", Instant.EPOCH))
                .isEmpty();
        List<String> rights = rights(database, "openstack_cleanup");
        assertThat(rights).hasSizeGreaterThan(20);
        assertThat(pools(database, "openstack_cleanup").pool("Default")).isEmpty();
        assertThat(rights.remove("SELECT ON pool")).as("for preflight alone").isTrue();
        for (String right : rights) {
            execute(database, "REVOKE " + right + " FROM openstack_cleanup");
            assertThatThrownBy(() -> cleaning.cleanup().orElseThrow().check())
                    .as("without %s", right)
                    .isInstanceOf(ProviderException.class)
                    .hasMessageContaining("GRANT " + right + " TO");
            execute(database, "GRANT " + right + " TO openstack_cleanup");
        }
    }

    /** And one more. */
    private static List<String> rightsOfHistory(int version, String another) {
        List<String> rights = new ArrayList<>(List.of(another));
        rights.addAll(OF_NAMES);
        rights.addAll(OF_POOLS);
        for (String column : List.of(
                "jobid",
                "name",
                "clientid",
                "type",
                "jobstatus",
                "starttime",
                "endtime",
                "realendtime",
                "jobtdate",
                "jobfiles",
                "jobbytes")) {
            rights.add("SELECT (" + column + ") ON job");
        }
        rights.addAll(List.of(
                "SELECT (name) ON client",
                "SELECT (clientid) ON client",
                "SELECT (jobid) ON file",
                "SELECT (pathid) ON file",
                "SELECT (pathid) ON path",
                "SELECT (path) ON path"));
        rights.addAll(
                version == OLDEST
                        ? List.of(
                                "SELECT (filenameid) ON file",
                                "SELECT (filenameid) ON filename",
                                "SELECT (name) ON filename")
                        : List.of("SELECT (filename) ON file"));
        return rights;
    }

    private static void everyRightOfHistoryIsNeeded(String database, BackupCatalog catalog) throws SQLException {
        execute(database, "INSERT INTO client (clientid, name) VALUES (1, 'some-fd')");
        execute(
                database,
                "INSERT INTO job (jobid, name, clientid, type, level, jobstatus, starttime, jobfiles, jobbytes)"
                        + " VALUES (1, 'backup-a', 1, 'B', 'F', 'T', '2026-01-01', 1, 1)");
        BackupHistory history = catalog.history().orElseThrow();
        List<Absence> absences = List.of(new Absence("backup-a", new UUID(1, 1), Instant.EPOCH));
        assertThat(history.runsSince("some-fd", absences)).hasSize(1);
        assertThat(history.jobsRunSince("some-fd", Instant.EPOCH)).containsOnlyKeys("backup-a");
        for (String right : rights(database, "openstack_sync")) {
            if (OF_NAMES.contains(right)) {
                execute(database, "REVOKE " + right + " FROM openstack_sync");
                assertThatThrownBy(catalog::check)
                        .as("without %s", right)
                        .isInstanceOf(ProviderException.class)
                        .hasMessageContaining("GRANT SELECT ON job TO");
                execute(database, "GRANT " + right + " TO openstack_sync");
            } else if (OF_POOLS.contains(right)) {
                assertThat(pools(database, "openstack_sync").pool("Default")).isEmpty();
                execute(database, "REVOKE " + right + " FROM openstack_sync");
                assertThatThrownBy(() -> pools(database, "openstack_sync").pool("Default"))
                        .as("without %s", right)
                        .isInstanceOf(ProviderException.class);
                execute(database, "GRANT " + right + " TO openstack_sync");
            } else if (!right.equals("SELECT ON version")) {
                execute(database, "REVOKE " + right + " FROM openstack_sync");
                assertThatThrownBy(() -> history.runsSince("some-fd", absences))
                        .as("without %s", right)
                        .isInstanceOf(ProviderException.class)
                        .hasMessageEndingWith("run: GRANT " + right + " TO \"openstack_sync\";");
                execute(database, "GRANT " + right + " TO openstack_sync");
            }
        }
        execute(database, "DELETE FROM job");
        execute(database, "DELETE FROM client");
    }

    private static void makeRoles(String database, String... options) throws Exception {
        Result result = host.psql(server.getPort(), database, Shipped.tree().resolve("catalog/roles.sql"), options);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
    }

    private static List<String> rolesOfTheServer() throws SQLException {
        List<String> roles = new ArrayList<>();
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT rolname FROM pg_roles WHERE rolname LIKE 'openstack%'")) {
            while (rows.next()) {
                roles.add(rows.getString(1));
            }
        }
        return roles;
    }

    private static Map<String, List<String>> tables(int version) throws IOException {
        Map<String, List<String>> tables = new TreeMap<>();
        for (String line : Files.readAllLines(COLUMNS)) {
            String[] fields = line.split(",");
            if (fields[0].equals(String.valueOf(version))) {
                tables.computeIfAbsent(fields[2], table -> new ArrayList<>()).add(fields[4] + " " + fields[5]);
            }
        }
        return tables;
    }

    private static CatalogProbe pools(String database, String user) {
        return new PostgresCatalogProvider().probe(settings(database, user));
    }

    private static BackupCatalog catalog(String database, String user) {
        Settings settings = settings(database, user);
        BackupCatalog catalog = new PostgresCatalogProvider().create(settings);
        assertThat(settings.problems()).isEmpty();
        return catalog;
    }

    private static Settings settings(String database, String user) {
        return Settings.of(Map.of(
                "DB_HOST",
                "127.0.0.1",
                "DB_PORT",
                String.valueOf(server.getPort()),
                "DB_NAME",
                database,
                "DB_USER",
                user,
                "PGPASSWORD",
                "none"));
    }

    /** As GRANT names them. */
    private static List<String> rights(String database, String role) throws SQLException {
        List<String> rights = new ArrayList<>();
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT privilege_type || ' ON ' || table_name
                          FROM information_schema.table_privileges WHERE grantee = '%1$s'
                        UNION ALL
                        SELECT privilege_type || ' (' || column_name || ') ON ' || table_name
                          FROM information_schema.column_privileges c WHERE grantee = '%1$s'
                           AND NOT EXISTS (SELECT 1 FROM information_schema.table_privileges t
                                            WHERE t.grantee = c.grantee AND t.table_name = c.table_name)
                        """.formatted(role))) {
            while (rows.next()) {
                rights.add(rows.getString(1));
            }
        }
        return rights;
    }

    private static void execute(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static Connection connect(String database) throws SQLException {
        return server.getDatabase("postgres", database).getConnection();
    }
}
