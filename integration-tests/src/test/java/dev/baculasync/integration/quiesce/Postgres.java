package dev.baculasync.integration.quiesce;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A real PostgreSQL on a VM. */
final class Postgres {
    static final String PASSWORD = "s3cret-of-quiescer";

    private final Vm vm;
    private final Path data;
    private final String log;
    private final int port = Vm.freePort();

    private Postgres(Vm vm, Path data) throws java.io.IOException {
        this.vm = vm;
        this.data = data;
        log = data.getFileName().toString();
    }

    /** With passwords, and a table of a thousand rows. */
    static Postgres start(Vm vm) throws Exception {
        Postgres postgres = new Postgres(vm, vm.folder().resolve("postgres"));
        Path password = Files.writeString(vm.folder().resolve("postgres-password"), PASSWORD + "\n");
        vm.runAsDaemon(
                        List.of(
                                vm.home().postgresProgram("initdb").toString(),
                                "--no-sync",
                                "--username=quiescer",
                                "--auth=scram-sha-256",
                                "--pwfile=" + password,
                                "--encoding=UTF8",
                                "--locale=C",
                                "--pgdata=" + postgres.data),
                        "")
                .orFail();
        postgres.run();
        postgres.sql("create table orders as select generate_series(1, 1000) as id");
        return postgres;
    }

    /** Starts a server in a data directory that was copied from another one's. */
    static Postgres restore(Vm vm, Path data) throws Exception {
        Postgres postgres = new Postgres(vm, data);
        postgres.run();
        return postgres;
    }

    private void run() throws Exception {
        vm.daemon(
                log,
                Map.of("LC_MESSAGES", "C"),
                List.of(
                        vm.home().postgresProgram("postgres").toString(),
                        "-D",
                        data.toString(),
                        "-c",
                        "port=" + port,
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=" + vm.folder(),
                        "-c",
                        "shared_buffers=16MB",
                        "-c",
                        "fsync=off"));
        Await.until("PostgreSQL answers", () -> attempt("select 1").exitCode() == 0, this::printed);
    }

    Path data() {
        return data;
    }

    String printed() {
        return vm.printed(log);
    }

    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("DB_SOCKET", vm.folder().toString());
        settings.put("DB_PORT", Integer.toString(port));
        settings.put("DB_USER", "quiescer");
        settings.put("DB_PASSWORD", PASSWORD);
        return settings;
    }

    private Run attempt(String statement) throws Exception {
        return Run.start(
                vm.folder().resolve("runs"),
                Map.of("PGPASSWORD", PASSWORD),
                List.of(
                        vm.program("psql").toString(),
                        "-XqAt",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "-U",
                        "quiescer",
                        "-d",
                        "postgres",
                        "-c",
                        statement));
    }

    String sql(String statement) throws Exception {
        return attempt(statement).orFail().strip();
    }

    /** Sessions that are in backup mode: they have begun a backup last, or then said how long they may be silent. */
    int sessionsInBackupMode() throws Exception {
        return Integer.parseInt(sql("select count(*) from pg_stat_activity where application_name = 'bacula-quiesce'"
                + " and (query like '%backup\\_start%' and query like '%quiesce-held%' or query like 'SET idle%')"
                + " and pid <> pg_backend_pid()"));
    }

    /** How often the server has ended a backup mode whose session had gone. */
    long aborted() {
        return printed()
                .lines()
                .filter(line -> line.contains("aborting backup"))
                .count();
    }
}
