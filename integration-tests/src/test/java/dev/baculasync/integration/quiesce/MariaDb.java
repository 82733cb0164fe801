package dev.baculasync.integration.quiesce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A real MariaDB on a VM, with a table, an application that uses it, and a user who may lock it. */
public final class MariaDb {
    /** What an operator would have to grant. */
    static final String QUIESCER = "quiescer";

    static final String PASSWORD = "s3cret-of-quiescer";

    private final Vm vm;
    private final Path socket;

    private MariaDb(Vm vm) {
        this.vm = vm;
        socket = vm.folder().resolve("mariadb.sock");
    }

    public static MariaDb start(Vm vm) throws Exception {
        MariaDb database = new MariaDb(vm);
        database.install();
        return database;
    }

    private void install() throws Exception {
        Path usr = vm.home().root().resolve("usr");
        Path data = Files.createDirectories(vm.folder().resolve("mariadb"));
        List<String> command = List.of(
                vm.home().program("sbin/mariadbd").toString(),
                "--no-defaults",
                "--basedir=" + usr,
                "--lc-messages-dir=" + usr.resolve("share/mysql"),
                "--datadir=" + data,
                "--skip-networking",
                "--innodb-buffer-pool-size=16M",
                "--innodb-log-file-size=8M",
                "--innodb-flush-log-at-trx-commit=0",
                "--socket=" + socket,
                "--pid-file=" + vm.folder().resolve("mariadb.pid"));
        Path sql = usr.resolve("share/mysql");
        List<String> bootstrap = new ArrayList<>(command);
        bootstrap.add("--bootstrap");
        vm.runAsDaemon(
                        bootstrap,
                        "create database mysql;\nuse mysql;\n"
                                + Files.readString(sql.resolve("mysql_system_tables.sql"))
                                + Files.readString(sql.resolve("mysql_system_tables_data.sql"))
                                + "flush privileges;\n"
                                + "create user 'application'@'localhost' identified by '';\n"
                                + "grant all on *.* to 'application'@'localhost' with grant option;\n"
                                + "create database shop;\n"
                                + "create table shop.orders (id int auto_increment primary key, item text);\n"
                                + "create table shop.other (id int);\n")
                .orFail();
        vm.daemon("mariadb", Map.of(), command);
        Await.until(
                "MariaDB answers", () -> run("application", "select 1").exitCode() == 0, () -> vm.printed("mariadb"));
        grant(QUIESCER, PASSWORD);
    }

    /** A user who may lock, as the README tells to make one. */
    void grant(String user, String password) throws Exception {
        String text = password.replace("\\", "\\\\").replace("'", "''");
        sql("create or replace user '" + user + "'@'localhost' identified by '" + text + "'");
        sql("grant reload on *.* to '" + user + "'@'localhost'");
    }

    /** For the VM's own settings file. */
    public Map<String, String> settings() {
        return settings(QUIESCER, PASSWORD);
    }

    Map<String, String> settings(String user, String password) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("DB_SOCKET", socket.toString());
        settings.put("DB_USER", user);
        settings.put("DB_PASSWORD", password);
        return settings;
    }

    Run run(String user, String statement) throws Exception {
        // On standard input: a virtual machine without a locale mangles what is not ASCII on a command line.
        return vm.run(
                List.of(
                        vm.program("mariadb").toString(),
                        "--no-defaults",
                        "--batch",
                        "--skip-column-names",
                        "--unbuffered",
                        "--socket=" + socket,
                        "--user=" + user),
                statement + ";\n");
    }

    /** As the application; must work. */
    String sql(String statement) throws Exception {
        return run("application", statement).orFail().strip();
    }

    /** Starts an application's write. */
    Run write() throws Exception {
        return run("application", "insert into shop.orders (item) values ('bread')");
    }

    /** Starts a write and waits until the server says that it waits for the lock; proves that a reader does not. */
    Run writeBlocks() throws Exception {
        Run writer = write();
        Await.until(
                "the writer waits for the lock",
                () -> {
                    assertThat(writer.isAlive())
                            .as("the writer: %s", writer.text())
                            .isTrue();
                    return !sql("select id from information_schema.processlist where info like 'insert%'"
                                    + " and (state like '%backup lock%' or state like '%read lock%')")
                            .isEmpty();
                },
                () -> vm.printed("mariadb"));
        int rows = rows();
        assertThat(writer.isAlive()).isTrue();
        assertThat(rows()).isEqualTo(rows);
        return writer;
    }

    /** Waits for a writer that was blocked; its row must be there. */
    void goesOn(Run writer, int rowsBefore) throws Exception {
        writer.orFail();
        assertThat(rows()).isEqualTo(rowsBefore + 1);
    }

    int rows() throws Exception {
        return Integer.parseInt(sql("select count(*) from shop.orders"));
    }

    /** Sessions of the user who locks. */
    public int lockSessions() throws Exception {
        return Integer.parseInt(
                sql(
                        "select count(*) from information_schema.processlist where user not in ('application', 'system user')"));
    }
}
